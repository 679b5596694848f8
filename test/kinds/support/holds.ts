import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { inject } from 'vitest';
import { openRollouts } from '../../../src/cli/create-session.js';
import type { Rollouts } from '../../../src/cli/session.js';
import { connectToTemporal } from '../../../src/client/temporal.js';
import { canary } from '../../../src/domain/canary/kind.js';
import { createKinds } from '../../../src/domain/rollout/kinds.js';
import { UnknownServiceError, type Ports } from '../../../src/ports/service.js';
import { DEFAULT_WORKER_SETTINGS } from '../../../src/worker/settings.js';
import { startWorker } from '../../../src/worker/start-worker.js';
import { hold } from '../hold/kind.js';

/** A place where holds run, and what a program that was handed their kind sees of it. */
export interface Holds {
  readonly client: Client;
  readonly taskQueue: string;
  readonly workflowIdPrefix: string;
  readonly kinds: ReturnType<typeof createKinds>;
  readonly rollouts: Rollouts;
  stop(): Promise<void>;
}

const NO_SERVICES: Ports = {
  serviceNamed: (name) => {
    throw new UnknownServiceError(name, []);
  },
  journal: { append: () => Promise.resolve(), read: () => Promise.resolve([]) },
};

/** A worker that was handed holds alone, and a client of it. */
export async function startHolds(): Promise<Holds> {
  const kinds = createKinds([canary, hold]);
  const taskQueue = `headgate-${randomUUID()}`;
  const workflowIdPrefix = `${taskQueue}/`;
  const address = inject('temporalAddress');
  const client = await connectToTemporal({ address });
  const workflowsPath = fileURLToPath(new URL('../hold/workflow.ts', import.meta.url));
  const worker = await startWorker(
    { connection: { address }, namespace: 'default', taskQueue, workflowsPath },
    NO_SERVICES,
    { ...DEFAULT_WORKER_SETTINGS, healthPort: null, metricsPort: null },
  );
  const place = { temporal: { taskQueue }, workflowIdPrefix };
  const noJournal = (): Promise<never> => Promise.reject(new Error('no journal'));
  return {
    client,
    taskQueue,
    workflowIdPrefix,
    kinds,
    rollouts: await openRollouts(client, place, noJournal, kinds),
    stop: async () => {
      await worker.shutdown();
      await client.connection.close();
    },
  };
}
