import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Runtime, type BundleOptions, type WorkflowBundleOption } from '@temporalio/worker';

const made = new Map<string, Promise<WorkflowBundleOption>>();

/**
 * Headgate's own workflows, prebuilt where they are, or those that a module exports. Bundling takes seconds, and is done once
 * for all workers of a process.
 */
export function workflowBundle(workflowsPath?: string): Promise<WorkflowBundleOption> {
  const path = workflowsPath ?? moduleOf('index');
  const known = made.get(path);
  if (known !== undefined) return known;
  const bundle = workflowsPath === undefined ? ownBundle(path) : bundleOf(path);
  made.set(path, bundle);
  // Who tries again, after the file was corrected, gets a new one.
  bundle.catch(() => made.delete(path));
  return bundle;
}

async function ownBundle(workflowsPath: string): Promise<WorkflowBundleOption> {
  const prebuilt = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  return existsSync(prebuilt) ? { codePath: prebuilt } : bundleOf(workflowsPath);
}

function bundleOf(workflowsPath: string): Promise<WorkflowBundleOption> {
  return bundleWorkflowCode({ ...bundleOptions(workflowsPath), logger: Runtime.instance().logger });
}

/** Of Headgate's own workflows, or of those that a module exports, wherever they are bundled. */
export function bundleOptions(workflowsPath = moduleOf('index')): BundleOptions {
  return {
    workflowsPath,
    payloadConverterPath: moduleOf('payload-converter'),
    workflowInterceptorModules: [moduleOf('shared/moved-by-tasks')],
    // None of these keeps a state of its own, so one copy serves all rollouts of a thread: a copy for each is most of its
    // memory. Modules of others may keep one: each rollout has its own copy of them.
    preloadModules: ['shared/without-stack-traces', 'index'].map(moduleOf),
  };
}

/** As it was built, or as it is written. */
function moduleOf(name: string): string {
  const [built = '', ...written] = ['js', 'ts'].map((extension) =>
    fileURLToPath(new URL(`../workflows/${name}.${extension}`, import.meta.url)),
  );
  return [built, ...written].find((path) => existsSync(path)) ?? built;
}
