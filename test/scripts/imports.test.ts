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
    'inspection/inspect',
    'presentation/clock',
    'adapters/late',
    'cli/main',
    'activities/contracts',
    'workflows/messages',
    'workflows/rollout',
    'workflows/traffic/guard',
    ...[
      'rollout/life',
      'stages/state',
      'traffic/weights',
      'canary/plan',
      'canary/kind',
      'blue-green/plan',
      'flag/rules',
    ].map((room) => `domain/${room}`),
  ];
  for (const name of targets) await given(name, '');
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
  await given('inspection/plane', `import type { Something } from '../ports/journal.js';`);
  for (const room of ['activities', 'cli'])
    await given(`${room}/look`, `import { something as it } from '../inspection/inspect.js'; it;`);
  await given('workflows/publish', `import { something as it } from '../presentation/clock.js'; it;`);
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
    ['domain/words', `import {} from '../presentation/clock.js';`, 'domain-imports-its-rooms'],
    ['presentation/details', `import {} from '../workflows/messages.js';`, 'presentation-imports-its-rooms'],
    ['presentation/paint', `import {} from 'picocolors';`, 'presentation-imports-its-packages'],
    ['presentation/width', `import {} from 'node:util';`, 'presentation-is-pure'],
    ['client/list', `import type {} from '../domain/canary/kind.js';`, 'client-knows-kinds-by-hand-only'],
    ['adapters/journal', `import {} from '../workflows/messages.js';`, 'adapters-imports-its-rooms'],
    ['inspection/router', `import {} from '../adapters/late.js';`, 'inspection-imports-its-rooms'],
    ['inspection/activity', `import {} from '../activities/contracts.js';`, 'inspection-imports-its-rooms'],
    ['inspection/shape', `import {} from 'zod';`, 'inspection-imports-its-packages'],
    ['ports/look', `import {} from '../inspection/inspect.js';`, 'ports-imports-its-rooms'],
    ['workflows/look', `import {} from '../inspection/inspect.js';`, 'workflows-imports-its-rooms'],
    ['cli/doctor', `import type {} from '../ports/journal.js';`, 'cli-imports-its-rooms'],
    ['cli/reach', `import {} from '../adapters/late.js';`, 'cli-imports-its-rooms'],
    ['dev/demo', `import {} from '../cli/main.js';`, 'dev-is-not-a-command'],
    ['cli/watch', `import {} from 'vitest';`, 'product-needs-no-development-package'],
    ['elsewhere/thing', `import {} from '../domain/percent.js';`, 'every-room-has-a-rule'],
  ] as const;
  for (const [file, text] of violations) await given(file, text);
  expect(await findings()).toEqual(expect.arrayContaining(violations.map(([file, , rule]) => `${file}: ${rule}`)));
});

test('what every rollout is knows no kind, stages know nothing of traffic, and no kind knows another', async () => {
  const violations = [
    ['domain/rollout/clock', '../canary/kind', 'domain-rollout-imports-its-rooms'],
    ['domain/rollout/share', '../stages/state', 'domain-rollout-imports-its-rooms'],
    ['domain/rollout/roles', '../traffic/weights', 'domain-rollout-imports-its-rooms'],
    ['domain/traffic/roles', '../stages/state', 'domain-traffic-imports-its-rooms'],
    ['domain/stages/roles', '../traffic/weights', 'domain-stages-imports-its-rooms'],
    ['domain/stages/plan', '../canary/kind', 'domain-stages-imports-its-rooms'],
    ['domain/canary/switch', '../blue-green/plan', 'domain-canary-imports-its-rooms'],
    ['domain/blue-green/stages', '../flag/rules', 'domain-blue-green-imports-its-rooms'],
    ['workflows/shared/guard', '../../domain/canary/kind', 'workflows-shared-knows-no-kind'],
    ['workflows/shared/stages', '../../domain/stages/state', 'workflows-shared-knows-no-kind'],
    ['domain/staged-traffic/kind', '../canary/kind', 'domain-staged-traffic-imports-its-rooms'],
    ['workflows/shared/moving', '../traffic/guard', 'workflows-shared-knows-no-kind'],
    ['workflows/traffic/guard', '../../domain/canary/kind', 'workflows-traffic-knows-no-kind'],
    ['workflows/canary/switch', '../../domain/blue-green/plan', 'workflows-canary-knows-no-other-kind'],
  ] as const;
  for (const [file, target] of violations) await given(file, `import type {} from '${target}.js';`);
  await given('domain/canary/fine', `import type {} from '../stages/state.js';`);
  await given('workflows/shared/fine', `import type {} from '../../domain/rollout/life.js';`);
  const found = await findings();
  expect(found).toEqual(expect.arrayContaining(violations.map(([file, , rule]) => `${file}: ${rule}`)));
  expect(found).toHaveLength(violations.length);
});

test('a plan of a canary stays in rooms called canary, and the commands are handed their kinds', async () => {
  const violations = [
    ['cli/commands/plan', '../../domain/canary/plan', 'only-a-canary-has-its-plan'],
    ['domain/simulation/run', '../canary/plan', 'only-a-canary-has-its-plan'],
    ['client/start', '../domain/canary/plan', 'only-a-canary-has-its-plan'],
    ['cli/commands/start', '../canary/plan-text', 'kinds-are-handed-to-the-commands'],
  ] as const;
  await given('cli/canary/plan-text', `import type {} from '../../domain/canary/plan.js';`);
  for (const [file, target] of violations) await given(file, `import type {} from '${target}.js';`);
  expect(await findings()).toEqual(expect.arrayContaining(violations.map(([file, , rule]) => `${file}: ${rule}`)));
});

test('an engine that knows another one is caught, of types too', async () => {
  await given('domain/analysis/engine', '');
  await given('domain/analysis/engines/slow/state', '');
  await given('domain/analysis/engines/slow/engine', `import {} from './state.js'; import {} from '../../engine.js';`);
  await given('domain/analysis/engines/fast/engine', `import type { Something as It } from '../slow/state.js';`);
  await given(
    'domain/analysis/engines',
    `import {} from './engines/slow/engine.js'; import {} from './engines/fast/engine.js';`,
  );
  expect(await findings()).toEqual(['domain/analysis/engines/fast/engine: engines-know-nothing-of-each-other']);
});

test('a cycle is caught, of types too', async () => {
  await given('domain/a', `import type { Something as It } from './b.js';`);
  await given('domain/b', `import type { Something as It } from './a.js';`);
  expect(await findings()).toEqual(['domain/a: no-cycles']);
});
