import { relative } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type BundleOptions } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/steps/root.mjs';
import { bundleOptions } from '../../src/worker/workflow-bundle.js';

/** What the SDK itself brings into every bundle, besides its own packages. */
const OF_THE_SDK = ['nexus-rpc', 'long', 'ms', 'heap-js'];

test('the bundle consists of workflows, domain, presentation and the Temporal SDK: no validation, no logging, no activities', async () => {
  const files = await filesBundledBy(bundleOptions());
  const own = files.filter((file) => !file.startsWith('node_modules/'));
  expect(own).toContain('src/workflows/canary-rollout.ts');
  expect(own.filter((file) => !/^src\/(workflows|domain|presentation)\//.test(file))).toEqual([]);
  const packages = new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
  expect([...packages].filter((name) => !name.startsWith('@temporalio/') && !OF_THE_SDK.includes(name))).toEqual([]);
});

async function filesBundledBy(options: BundleOptions): Promise<readonly string[]> {
  const files: string[] = [];
  await bundleWorkflowCode({
    ...options,
    logger: new DefaultLogger('WARN'),
    webpackConfigHook: (config) => ({
      ...config,
      plugins: [
        ...(config.plugins ?? []),
        (compiler) => {
          compiler.hooks.done.tap('files', ({ compilation }) => {
            for (const module of compilation.modules) {
              const file = module.nameForCondition();
              if (file !== null) files.push(relative(ROOT, file));
            }
          });
        },
      ],
    }),
  });
  return files;
}
