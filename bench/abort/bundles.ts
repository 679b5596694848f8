import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Where the worker of a release looks for its own. */
const HEADGATE_BUNDLE = new URL('../../src/workflow-bundle.js', import.meta.url);

const FLOOR_BUNDLE_URL = new URL('./floor-bundle.js', import.meta.url);

export const FLOOR_BUNDLE = fileURLToPath(FLOOR_BUNDLE_URL);

/** As in a release: a worker that must bundle first would take seconds longer to start. */
export async function prebuildBundles(): Promise<void> {
  await bundle(new URL('../../src/workflows/index.js', import.meta.url), HEADGATE_BUNDLE);
  await bundle(new URL('./floor-workflow.js', import.meta.url), FLOOR_BUNDLE_URL);
}

async function bundle(workflows: URL, file: URL): Promise<void> {
  const workflowsPath = fileURLToPath(workflows);
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await writeFile(file, code);
}
