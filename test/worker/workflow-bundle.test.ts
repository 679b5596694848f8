import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Client, Connection, type WorkflowClient } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { workflowBundle } from '../../src/worker/workflow-bundle.js';
import '../helpers/quiet-runtime.js';

let folder: string;

beforeEach(async () => {
  // What it imports is found from there.
  await mkdir('.headgate', { recursive: true });
  folder = resolve(await mkdtemp(join('.headgate', 'workflows-')));
});

afterEach(() => rm(folder, { recursive: true }));

const COUNTS = 'let seen = 0;\nexport async function counts() {\n  seen += 1;\n  return seen;\n}\n';
const WAITS = 'export async function waits() {\n  await new Promise(() => undefined);\n}\n';

test('a file of workflows that was corrected is bundled, although it could not be before', async () => {
  const path = join(folder, 'workflows.js');
  await writeFile(path, 'export async function (');
  await expect(workflowBundle(path)).rejects.toThrow();
  await writeFile(path, COUNTS);
  await expect(workflowBundle(path)).resolves.toHaveProperty('code');
});

test('what a module of a kind of your own keeps is kept for each rollout alone', async () => {
  await writeFile(join(folder, 'workflows.js'), COUNTS);
  const counted = await withWorker(async (workflow, taskQueue) => {
    const count = () => workflow.execute<() => Promise<number>>('counts', { taskQueue, workflowId: randomUUID() });
    return [await count(), await count(), await count()];
  });
  expect(counted).toEqual([1, 1, 1]);
});

test('nothing is noted of where promises were made: that would be half of what workflows cost', async () => {
  await writeFile(join(folder, 'workflows.js'), WAITS);
  const stack = await withWorker(async (workflow, taskQueue) => {
    const handle = await workflow.start<() => Promise<void>>('waits', { taskQueue, workflowId: randomUUID() });
    const noted = await handle.query<string>('__stack_trace');
    await handle.terminate();
    return noted;
  });
  expect(stack).not.toMatch(/\bat\b/);
});

async function withWorker<T>(work: (workflow: WorkflowClient, taskQueue: string) => Promise<T>): Promise<T> {
  const address = inject('temporalAddress');
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const taskQueue = `bundle-${randomUUID()}`;
  const bundle = await workflowBundle(join(folder, 'workflows.js'));
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle: bundle });
  const { workflow } = new Client({ connection });
  try {
    return await worker.runUntil(() => work(workflow, taskQueue));
  } finally {
    await Promise.all([connection.close(), native.close()]);
  }
}
