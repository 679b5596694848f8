import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/steps/root.mjs';
import { bundleWorkflows } from '../../scripts/workflow-bundle.mjs';

/** What the SDK itself brings into every bundle, besides its own packages. */
const OF_THE_SDK = ['nexus-rpc', 'long', 'ms', 'heap-js'];

test('the bundle consists of workflows, domain, presentation and the Temporal SDK: no validation, no logging, no activities', async () => {
  const { files } = await bundleWorkflows(join(ROOT, 'src/workflows/index.ts'), ROOT);
  const own = files.filter((file) => !file.startsWith('node_modules/'));
  expect(own).toContain('src/workflows/canary-rollout.ts');
  expect(own.filter((file) => !/^src\/(workflows|domain|presentation)\//.test(file))).toEqual([]);
  const packages = new Set(files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
  expect([...packages].filter((name) => !name.startsWith('@temporalio/') && !OF_THE_SDK.includes(name))).toEqual([]);
});
