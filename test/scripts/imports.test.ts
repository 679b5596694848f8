import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../../scripts/steps/root.mjs';

const exec = promisify(execFile);

let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'headgate-imports-'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
    await cp(join(ROOT, name), join(project, name));
  }
  await symlink(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  const targets = [
    'domain/percent',
    'ports/journal',
    'workflows/messages',
    'workflows/rollout',
    'cli/main',
    'domain/canary/kind',
  ];
  for (const name of [...targets, 'activities/contracts']) await given(name, '');
});
afterEach(() => rm(project, { recursive: true, force: true }));

async function given(name: string, text: string): Promise<void> {
  const file = join(project, 'src', `${name}.ts`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\nexport const something = 1;\nexport interface Something {}\n`);
}

/** What the check finds, each as `file: rule`. */
async function findings(): Promise<string[]> {
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const output = await exec(process.execPath, [cruiser, 'src'], { cwd: project }).then(
    ({ stdout }) => stdout,
    (failure: unknown) => (failure as { stdout: string }).stdout,
  );
  return [...output.matchAll(/error ([\w-]+): src\/(\S+)\.ts/g)].map(
    ([, rule, file]) => `${file ?? ''}: ${rule ?? ''}`,
  );
}

test('imports in the agreed directions pass', async () => {
  await given('ports/router', `import type { Something } from '../domain/percent.js';`);
  await given('client/start', `import { something as it } from '../workflows/messages.js'; it;`);
  await given('workflows/canary', `import type { Something as It } from '../activities/contracts.js';`);
  await given('client/kinds', `import { something as it } from '../domain/canary/kind.js'; it;`);
  expect(await findings()).toEqual([]);
});

test('every import in another direction is caught', async () => {
  const violations = [
    ['domain/clock', `import {} from 'node:fs';`, 'domain-is-pure'],
    ['domain/flag', `import type {} from '../ports/journal.js';`, 'domain-imports-its-rooms'],
    ['domain/shape', `import {} from 'zod';`, 'domain-imports-its-packages'],
    ['domain/lost', `import {} from './nowhere.js';`, 'everything-is-found'],
    ['workflows/shape', `import {} from 'zod';`, 'workflows-imports-its-packages'],
    [
      'workflows/canary',
      `import { something as it } from '../activities/contracts.js'; it;`,
      'workflows-takes-only-types-of-activities',
    ],
    ['client/start', `import {} from '../workflows/rollout.js';`, 'client-imports-its-rooms'],
    ['client/list', `import type {} from '../domain/canary/kind.js';`, 'client-knows-kinds-by-hand-only'],
    ['domain/rollout/state', `import type {} from '../canary/kind.js';`, 'rollout-knows-no-kind'],
    ['cli/look', `import type {} from '../ports/journal.js';`, 'cli-imports-its-rooms'],
    ['adapters/journal', `import {} from '../workflows/messages.js';`, 'adapters-imports-its-rooms'],
    ['dev/demo', `import {} from '../cli/main.js';`, 'dev-is-not-a-command'],
    ['cli/watch', `import {} from 'vitest';`, 'product-needs-no-development-package'],
    ['elsewhere/thing', `import {} from '../domain/percent.js';`, 'every-room-has-a-rule'],
  ] as const;
  for (const [file, text] of violations) await given(file, text);
  expect(await findings()).toEqual(expect.arrayContaining(violations.map(([file, , rule]) => `${file}: ${rule}`)));
});

test('a cycle is caught, of types too', async () => {
  await given('domain/a', `import type { Something as It } from './b.js';`);
  await given('domain/b', `import type { Something as It } from './a.js';`);
  expect(await findings()).toEqual(['domain/a: no-cycles']);
});
