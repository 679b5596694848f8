import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { describePollers } from '../client/pollers.js';
import { mayKnow, readWorkerIdentity } from '../domain/worker-services.js';
import type { OtherWorkers } from '../ports/other-workers.js';

interface Place {
  readonly client: Client;
  readonly taskQueue: string;
  readonly identity: string;
  /** What this worker knows. */
  readonly services: readonly string[];
}

/**
 * A task may come to this worker again and again before the other one gets it. That there is no other one is not
 * remembered: the next task may be of a service that a worker knows which has begun since.
 */
const REMEMBERED_MS = 1000;

/** Asks Temporal who else polls, and reads in their identities what they know. */
export function otherWorkersOf({ client, taskQueue, identity, services }: Place): OtherWorkers {
  let asked = { atMs: -Infinity, others: Promise.resolve<readonly string[]>([]) };

  async function askOthers(): Promise<readonly string[]> {
    const queues = await describePollers(client, taskQueue);
    return [...new Set(queues.flatMap(({ identities }) => identities))].filter((one) => one !== identity);
  }

  return {
    async mayKnow(service) {
      const anyKnows = async (others: Promise<readonly string[]>): Promise<boolean> =>
        (await others).some((other) => mayKnow(readWorkerIdentity(other).services, service, services));
      try {
        if (performance.now() - asked.atMs <= REMEMBERED_MS && (await anyKnows(asked.others))) return true;
        asked = { atMs: performance.now(), others: askOthers() };
        return await anyKnows(asked.others);
      } catch (error) {
        Runtime.instance().logger.warn('could not look which other workers there are', { why: String(error) });
        return true;
      }
    },
    async services() {
      const known = (await askOthers()).map((other) => readWorkerIdentity(other).services);
      return [...new Set(known.flatMap((one) => (one?.kind === 'named' ? one.names : [])))];
    },
  };
}
