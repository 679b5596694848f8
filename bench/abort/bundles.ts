import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type BundleOptions } from '@temporalio/worker';
import { bundleOptions } from '../../src/worker/workflow-bundle.js';

/** Where the worker of a release looks for its own. */
const HEADGATE_BUNDLE = new URL('../../src/workflow-bundle.js', import.meta.url);

const FLOOR_BUNDLE_URL = new URL('./floor-bundle.js', import.meta.url);

export const FLOOR_BUNDLE = fileURLToPath(FLOOR_BUNDLE_URL);

/** As in a release: a worker that must bundle first would take seconds longer to start. */
export async function prebuildBundles(): Promise<void> {
  await bundle(bundleOptions(), HEADGATE_BUNDLE);
  await bundle({ workflowsPath: fileURLToPath(new URL('./floor-workflow.js', import.meta.url)) }, FLOOR_BUNDLE_URL);
}

async function bundle(options: BundleOptions, file: URL): Promise<void> {
  const { code } = await bundleWorkflowCode({ ...options, logger: new DefaultLogger('ERROR') });
  await writeFile(file, code);
}
