import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import './quiet-runtime.js';
import { expect, test } from 'vitest';
import type { sleeper } from './fixtures/sleeper.js';
import { startTimeSkipping } from './time-skipping.js';

const THREE_DAYS_MS = 3 * 24 * 3_600_000;

test('on the time-skipping server three days pass while a test waits', async () => {
  const environment = await startTimeSkipping();
  try {
    const taskQueue = 'three-days';
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('./fixtures/sleeper.ts', import.meta.url)),
    });
    const args: Parameters<typeof sleeper> = [{ sleepMs: THREE_DAYS_MS }];
    const slept = await worker.runUntil(
      environment.client.workflow.execute<typeof sleeper>('sleeper', { taskQueue, workflowId: 'sleeper', args }),
    );
    expect(slept).toBeGreaterThanOrEqual(THREE_DAYS_MS);
  } finally {
    await environment.teardown();
  }
});
