import { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { Activities } from '../../../src/activities/contracts.js';

/** A worker that guards but moves nothing, as if the other half of it had died. */
export async function startWatchesOnly(taskQueue: string, activities: Activities): Promise<{ stop(): Promise<void> }> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const worker = await Worker.create({
    connection,
    taskQueue,
    activities: { ...activities },
    maxHeartbeatThrottleInterval: '1s',
  });
  const run = worker.run();
  return {
    async stop() {
      worker.shutdown();
      await run;
      await connection.close();
    },
  };
}
