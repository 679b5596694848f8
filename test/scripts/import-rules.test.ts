import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../../scripts/steps/root.mjs';

interface Rule {
  readonly name: string;
  readonly from: { readonly path?: string };
  readonly to: {
    readonly path?: string | readonly string[];
    readonly pathNot?: string | readonly string[];
    readonly dependencyTypes?: readonly string[];
  };
}

const { forbidden: RULES } = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as {
  forbidden: readonly Rule[];
};

/** The folder of src that a rule is about, where it is about one. */
const folderOf = ({ from }: Rule): string | undefined => /^\^src\/([\w/-]+)\/$/.exec(from.path ?? '')?.[1];

/** A file of every room that has a rule. */
const STUBS = [...new Set(RULES.flatMap((rule) => folderOf(rule) ?? []))].map((folder) => `${folder}/stub`);

const matches = (patterns: string | readonly string[], file: string): boolean =>
  [patterns].flat().some((pattern) => new RegExp(pattern).test(file));

/** What a file of the rule's folder may not write. */
function violationOf(rule: Rule, folder: string): string | undefined {
  const { path = '.', pathNot = [], dependencyTypes } = rule.to;
  if (dependencyTypes?.includes('core') === true) return `import {} from 'node:fs';`;
  if (path === 'node_modules/') return `import {} from 'vitest';`;
  const target = STUBS.find(
    (stub) => !stub.startsWith(`${folder}/`) && matches(path, `src/${stub}.ts`) && !matches(pathNot, `src/${stub}.ts`),
  );
  return target && `import { something as it } from '${relative(folder, target)}.js'; it;`;
}

/** For rules that are not about one folder: file, what it writes, rule. */
const OTHERS: readonly (readonly [string, string, string])[] = [
  ['spec/reading/lenient', `import {} from '../stub.js';`, 'reading-knows-no-specification'],
  ['workflows/judge', `import {} from '../domain/simulation/traffic.js';`, 'nothing-runs-on-the-simulation'],
  ['index', `import {} from './ports/stub.js';`, 'the-library-is-the-client'],
  ['analysis', `import {} from './spec/stub.js';`, 'the-analysis-takes-rules-alone'],
  ['client/scripted', `import {} from '../../scripts/check.mjs';`, 'product-needs-no-test'],
  ...['gateway', 'envoy', 'haproxy', 'prometheus', 'http-json', 'journal', 'observations', 'health', 'hooks'].map(
    (vendor): [string, string, string] => [
      `adapters/metrics/${vendor}`,
      `import {} from './${vendor === 'envoy' ? 'haproxy' : 'envoy'}.js';`,
      `${vendor}-knows-no-other-vendor`,
    ],
  ),
];

let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'headgate-import-rules-'));
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    await cp(join(ROOT, name), join(project, name));
  await symlink(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  await mkdir(join(project, 'scripts'));
  await writeFile(join(project, 'scripts/check.mjs'), '');
  for (const name of [...STUBS, 'domain/simulation/traffic']) await given(name, '');
});
afterEach(() => rm(project, { recursive: true, force: true }));

async function given(name: string, text: string): Promise<void> {
  const file = join(project, 'src', `${name}.ts`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${text}\nexport const something = 1;\n`);
}

/** The rules that are broken, each as `file: rule`. */
async function findings(): Promise<string[]> {
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const options = { cwd: project, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, [cruiser, 'src', '-T', 'json'], options);
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`);
}

test('every rule bites: for each there is an import that it catches', async () => {
  const made = RULES.flatMap((rule) => {
    const folder = folderOf(rule);
    const text = folder && violationOf(rule, folder);
    return folder === undefined || text === undefined
      ? []
      : [[`${folder}/breaks-${rule.name}`, text, rule.name] as const];
  });
  const all = [...made, ...OTHERS];
  for (const [file, text] of all) await given(file, text);
  expect(await findings()).toEqual(expect.arrayContaining(all.map(([file, , rule]) => `src/${file}.ts: ${rule}`)));

  const shownElsewhere = readFileSync(new URL('imports.test.ts', import.meta.url), 'utf8');
  const shown = all.map(([, , rule]) => rule);
  const unshown = RULES.map(({ name }) => name).filter(
    (name) => !shown.includes(name) && !shownElsewhere.includes(name),
  );
  expect(unshown, 'show here, or in imports.test.ts, what it catches').toEqual([]);
});
