import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { openRollouts } from '../../../src/cli/create-session.js';
import type { Rollouts } from '../../../src/cli/session.js';
import { connectToTemporal } from '../../../src/client/temporal.js';
import { canary } from '../../../src/domain/canary/kind.js';
import { createKinds } from '../../../src/domain/rollout/kinds.js';
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

/** A worker that knows holds alone, and a client of it. */
export async function startHolds(): Promise<Holds> {
  const kinds = createKinds([canary, hold]);
  const taskQueue = `headgate-${randomUUID()}`;
  const workflowIdPrefix = `${taskQueue}/`;
  const address = inject('temporalAddress');
  const client = await connectToTemporal({ address });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('../hold/workflow.ts', import.meta.url)),
    activities: { record: () => Promise.resolve() },
  });
  const running = worker.run();
  const place = { temporal: { taskQueue }, workflowIdPrefix };
  const noJournal = (): Promise<never> => Promise.reject(new Error('no journal'));
  return {
    client,
    taskQueue,
    workflowIdPrefix,
    kinds,
    rollouts: await openRollouts(client, place, noJournal, kinds),
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
      await client.connection.close();
    },
  };
}
