import { dirname, extname, join, relative } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/**
 * Bundles the workflows as a worker would, and says of which files the bundle consists.
 *
 * @param {string} workflowsPath
 * @param {string} root file names are given from here
 * @returns {Promise<{ code: string, files: string[] }>}
 */
export async function bundleWorkflows(workflowsPath, root) {
  /** @type {string[]} */
  const files = [];
  /** @param {string} name */
  const besides = (name) => join(dirname(workflowsPath), `${name}${extname(workflowsPath)}`);
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    payloadConverterPath: besides('payload-converter'),
    workflowInterceptorModules: [besides('shared/moved-by-tasks')],
    // As src/worker/workflow-bundle.ts does.
    preloadModules: [workflowsPath],
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: (config) => ({
      ...config,
      plugins: [
        ...(config.plugins ?? []),
        (compiler) => {
          compiler.hooks.done.tap('files', ({ compilation }) => {
            for (const module of compilation.modules) {
              const file = module.nameForCondition();
              if (file !== null) files.push(relative(root, file));
            }
          });
        },
      ],
    }),
  });
  return { code, files: files.sort() };
}
