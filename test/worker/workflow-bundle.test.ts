import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
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

test('a file of workflows that was corrected is bundled, although it could not be before [W30]', async () => {
  const path = join(folder, 'workflows.js');
  await writeFile(path, 'export async function (');
  await expect(workflowBundle(path)).rejects.toThrow();
  await writeFile(path, COUNTS);
  await expect(workflowBundle(path)).resolves.toHaveProperty('code');
});

test('what a module of a kind of your own keeps is kept for each rollout alone [W30]', async () => {
  const path = join(folder, 'workflows.js');
  await writeFile(path, COUNTS);
  const address = inject('temporalAddress');
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const taskQueue = `counts-${randomUUID()}`;
  const worker = await Worker.create({ connection: native, taskQueue, workflowBundle: await workflowBundle(path) });
  const { workflow } = new Client({ connection });
  const count = () => workflow.execute<() => Promise<number>>('counts', { taskQueue, workflowId: randomUUID() });
  const counted = await worker.runUntil(async () => [await count(), await count(), await count()]);
  await Promise.all([connection.close(), native.close()]);
  expect(counted).toEqual([1, 1, 1]);
});
