import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Runtime, type WorkflowBundleOption } from '@temporalio/worker';

let found: Promise<WorkflowBundleOption> | undefined;

/** The prebuilt bundle where there is one: bundling takes seconds, and is done once for all workers of a process. */
export function workflowBundle(): Promise<WorkflowBundleOption> {
  return (found ??= findOrMake());
}

async function findOrMake(): Promise<WorkflowBundleOption> {
  const bundle = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (existsSync(bundle)) return { codePath: bundle };
  const workflowsPath = moduleOf('index');
  return bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath: moduleOf('payload-converter'),
    workflowInterceptorModules: [moduleOf('shared/moved-by-tasks')],
    // No module keeps a state of its own, so one copy serves all rollouts of a thread: a copy for each is most of its memory.
    preloadModules: [workflowsPath],
    logger: Runtime.instance().logger,
  });
}

/** As it was built, or as it is written. */
function moduleOf(name: string): string {
  const [built = '', ...written] = ['js', 'ts'].map((extension) =>
    fileURLToPath(new URL(`../workflows/${name}.${extension}`, import.meta.url)),
  );
  return [built, ...written].find((path) => existsSync(path)) ?? built;
}
