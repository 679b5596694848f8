import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../../scripts/steps/root.mjs';
import { smallFilesWithOneImporter } from '../../scripts/steps/small-files.mjs';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'headgate-small-files-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function given(name: string, text: string): Promise<void> {
  const file = join(root, 'src', `${name}.ts`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

const lines = (count: number) => 'export {};\n'.repeat(count);

test('a file of 24 lines that one other imports is small, and one of 25 is not', async () => {
  await given('room/small', lines(24));
  await given('room/large', lines(25));
  await given('main', `import {} from './room/small.js';\nimport type {} from './room/large.js';\n`);
  expect(smallFilesWithOneImporter(join(root, 'src'))).toEqual([
    { file: 'room/small.ts', lines: 24, importer: 'main.ts' },
  ]);
});

test('one that several import, or nobody, is not counted', async () => {
  await given('shared', lines(3));
  await given('entry', lines(3));
  await given('a/one', `import {} from '../shared.js';\n${lines(30)}`);
  await given('two', `const it = await import('./shared.js');\n${lines(30)}`);
  expect(smallFilesWithOneImporter(join(root, 'src'))).toEqual([]);
});

test('thirty of them are too many, and are named with who imports them', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `part-${String(index)}`);
  for (const name of names.slice(1)) await given(name, lines(1));
  await given('whole', names.map((name) => `import {} from './${name}.js';\n`).join(''));
  const check = (): [number | null, string] => {
    const script = join(ROOT, 'scripts/check-small-files.mjs');
    const { status, stdout } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
    return [status, stdout];
  };
  expect(check()).toEqual([0, '29 small files with a single importer; at most 29\n']);
  await given('part-0', lines(1));
  const [exitCode, output] = check();
  expect(exitCode).toBe(1);
  expect(output).toContain('src/part-0.ts: 1 lines, only for src/whole.ts');
});
