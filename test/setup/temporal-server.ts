import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { workflowBundle } from '../../src/worker/workflow-bundle.js';
import '../helpers/quiet-runtime.js';
import { startTestTemporal } from '../helpers/temporal-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the one Temporal development server of this test run. */
    temporalAddress: string;
    /** The workflows as they are written now, bundled once for this test run. */
    workflowBundlePath: string;
  }
}

/** One server and one bundle for all files of a run: a file keeps to a task queue or namespace of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-bundle-'));
  const workflowBundlePath = join(folder, 'workflow-bundle.js');
  const [server] = await Promise.all([startTestTemporal(), writeBundle(workflowBundlePath)]);
  project.provide('temporalAddress', server.address);
  project.provide('workflowBundlePath', workflowBundlePath);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function writeBundle(path: string): Promise<void> {
  const bundle = await workflowBundle();
  if (!('code' in bundle)) throw new Error(`src has a bundle, which may be of other sources: ${bundle.codePath}`);
  await writeFile(path, bundle.code);
}
