import type { QueuePollers } from '../../../client/pollers.js';
import { readWorkerIdentity, unknownTo, type WorkerServices } from '../../../domain/worker-services.js';
import type { Context } from '../../context.js';
import type { DoctorCheck } from '../../output/documents.js';
import { well } from './installation.js';

/** Who polls, and whether every worker knows the services of this configuration. */
export async function lookAtWorkers({ session }: Context): Promise<DoctorCheck[]> {
  const [client, config] = await Promise.all([session.client(), session.config()]);
  const { describePollers } = await import('../../../client/pollers.js');
  const queues = await describePollers(client, config.temporal.taskQueue);
  const identities = [...new Set(queues.flatMap((queue) => queue.identities))];
  const wanted = Object.keys(config.services);
  return [...queues.map(pollersOf), ...(wanted.length === 0 ? [] : identities.map((one) => servicesOf(one, wanted)))];
}

function pollersOf({ taskQueue, purpose, identities }: QueuePollers): DoctorCheck {
  const name = `worker for ${purpose}`;
  const processes = identities.map((identity) => readWorkerIdentity(identity).process);
  if (processes.length > 0) return well(name, `${processes.join(', ')} on task queue ${taskQueue}`);
  return {
    name,
    ok: false,
    message: `nobody polls task queue ${taskQueue}`,
    remedy: 'Start one; what was asked for meanwhile waits for it',
    commands: ['headgate worker'],
  };
}

function servicesOf(identity: string, wanted: readonly string[]): DoctorCheck {
  const { process, services } = readWorkerIdentity(identity);
  const name = `services of ${process}`;
  if (services === null) return well(name, 'it does not say which it knows');
  const unknown = unknownTo(services, wanted);
  if (unknown?.length === 0) return well(name, knownWords(services));
  return {
    name,
    ok: false,
    message:
      unknown === null
        ? `it knows other services than this headgate.yaml: ${knownWords(services)}`
        : `it does not know ${unknown.join(', ')}: ${knownWords(services)}`,
    remedy:
      'Restart it with this headgate.yaml, or give it a task queue of its own (temporal.taskQueue). What it is given of a service that it does not know is left to other workers',
    commands: [],
  };
}

function knownWords(services: WorkerServices): string {
  return services.kind === 'named' ? `it knows ${services.names.join(', ')}` : `it knows ${String(services.count)}`;
}
