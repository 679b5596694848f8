import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
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
  await mkdir(join(project, 'scripts'));
  const targets = ['domain/percent', 'domain/simulation/traffic', 'ports/journal', 'spec/notes', 'cli/main'];
  for (const name of [...targets, 'workflows/messages', 'workflows/rollout', 'activities/contracts'])
    await given(name, '');
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
  expect(await findings()).toEqual([]);
});

/** One for every rule that is not of a pattern. */
const VIOLATIONS = [
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
  ['adapters/journal', `import {} from '../workflows/messages.js';`, 'adapters-imports-its-rooms'],
  ['dev/demo', `import {} from '../cli/main.js';`, 'dev-is-not-a-command'],
  ['cli/watch', `import {} from 'vitest';`, 'product-needs-no-development-package'],
  ['elsewhere/thing', `import {} from '../domain/percent.js';`, 'every-room-has-a-rule'],
  ['spec/reading/lenient', `import {} from '../notes.js';`, 'reading-knows-no-specification'],
  ['workflows/judge', `import {} from '../domain/simulation/traffic.js';`, 'nothing-runs-on-the-simulation'],
  ['index', `import {} from './ports/journal.js';`, 'the-library-is-the-client'],
  ['analysis', `import {} from './spec/notes.js';`, 'the-analysis-takes-rules-alone'],
  ['client/scripted', `import {} from '../../scripts/check.mjs';`, 'product-needs-no-test'],
  ['domain/a', `import type { Something as It } from './b.js';`, 'no-cycles'],
  ['domain/b', `import type { Something as It } from './a.js';`, ''],
] as const;

/** What breaks a rule that every room has, by the end of its name. */
const BREAKS = {
  'imports-its-rooms': (room: string) => `import {} from '../${room === 'cli' ? 'ports/journal' : 'cli/main'}.js';`,
  'imports-its-packages': () => `import {} from 'vitest';`,
  'is-pure': () => `import {} from 'node:fs';`,
  'knows-no-other-vendor': (vendor: string) =>
    vendor === 'haproxy' ? `import {} from './envoy.js';` : `import {} from './haproxy.js';`,
} as const;

/** The rules that there are. */
function rules(): string[] {
  const { forbidden } = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as {
    forbidden: { name: string }[];
  };
  return forbidden.map(({ name }) => name);
}

test('every rule bites', async () => {
  await writeFile(join(project, 'scripts/check.mjs'), '');
  const expected: string[] = [];
  for (const [file, text, rule] of VIOLATIONS) {
    await given(file, text);
    if (rule !== '') expected.push(`${file}: ${rule}`);
  }
  for (const rule of rules()) {
    const [pattern, breaks] = Object.entries(BREAKS).find(([end]) => rule.endsWith(`-${end}`)) ?? [];
    if (pattern === undefined || breaks === undefined) continue;
    const name = rule.slice(0, -pattern.length - 1);
    const file = pattern === 'knows-no-other-vendor' ? `adapters/routers/${name}` : `${name}/breaks-${pattern}`;
    await given(file, breaks(name));
    expected.push(`${file}: ${rule}`);
  }
  const found = await findings();
  expect(found).toEqual(expect.arrayContaining(expected));
  const unshown = rules().filter((rule) => !found.some((finding) => finding.endsWith(`: ${rule}`)));
  expect(unshown, 'add a violation above').toEqual([]);
});

test('a cycle is caught, of types too', async () => {
  await given('domain/a', `import type { Something as It } from './b.js';`);
  await given('domain/b', `import type { Something as It } from './a.js';`);
  expect(await findings()).toEqual(['domain/a: no-cycles']);
});
