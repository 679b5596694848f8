import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isBuilt, removeOrphans, stampBuild } from '../../scripts/steps/build.mjs';
import { existsSync } from 'node:fs';

let root: string;

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), text);
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'headgate-build-'));
  for (const name of ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) await write(name, '{}');
  await write('scripts/bundle-workflows.mjs', '');
  await write('src/a.ts', 'export const a = 1;');
  await write('src/deep/b.ts', 'export const b = 1;');
  await mkdir(join(root, 'dist'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('a build is stale until it was made, and fresh afterwards', () => {
  expect(isBuilt(root)).toBe(false);
  stampBuild(root);
  expect(isBuilt(root)).toBe(true);
});

test('a checkout that changes only times does not make a build stale', async () => {
  stampBuild(root);
  await utimes(join(root, 'src/a.ts'), new Date(), new Date());
  expect(isBuilt(root)).toBe(true);
});

test.each([
  ['an edited source', () => write('src/deep/b.ts', 'export const b = 2;')],
  ['a new source', () => write('src/c.ts', '')],
  ['a source that is gone', () => rm(join(root, 'src/a.ts'))],
  ['another compiler setting', () => write('tsconfig.json', '{ "compilerOptions": {} }')],
  ['another version of a package', () => write('package-lock.json', '{ "packages": {} }')],
])('%s makes a build stale', async (_, change) => {
  stampBuild(root);
  await change();
  expect(isBuilt(root)).toBe(false);
});

test('what a source that is gone has left in dist is removed, and nothing else', async () => {
  const kept = [
    'dist/a.js',
    'dist/a.js.map',
    'dist/a.d.ts',
    'dist/deep/b.js',
    'dist/workflow-bundle.js',
    'dist/.tsbuildinfo',
  ];
  for (const name of [...kept, 'dist/gone.js', 'dist/deep/gone.d.ts']) await write(name, '');
  removeOrphans(root);
  expect(kept.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  expect(existsSync(join(root, 'dist/gone.js'))).toBe(false);
  expect(existsSync(join(root, 'dist/deep/gone.d.ts'))).toBe(false);
});
