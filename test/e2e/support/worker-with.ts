import { NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { Activities } from '../../../src/activities/contracts.js';
import { watchQueueOf } from '../../../src/workflows/messages.js';

/** A whole worker with activities of a test's own: faults of ours that no real part can be made to show. */
export async function startWorkerWith(taskQueue: string, activities: Activities): Promise<{ stop(): Promise<void> }> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const common = {
    connection,
    activities: { ...activities },
    shutdownGraceTime: '1s',
    shutdownForceTime: '2s',
  } as const;
  const workers = [
    await Worker.create({ ...common, taskQueue, workflowBundle: { codePath: inject('workflowBundlePath') } }),
    await Worker.create({ ...common, taskQueue: watchQueueOf(taskQueue), maxHeartbeatThrottleInterval: '1s' }),
  ];
  const runs = workers.map((worker) => worker.run().catch(() => undefined));
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
      await connection.close();
    },
  };
}
