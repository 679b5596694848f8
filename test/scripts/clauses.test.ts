import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clausesIn, idsInTitles } from '../../scripts/steps/clauses.mjs';
import { ROOT } from '../../scripts/steps/root.mjs';

const LIST = 'test/clauses-without-a-test.txt';

describe('a title carries the ids that it ends with', () => {
  test.each([
    ['a test', `test('it holds [C-01]', () => {});`, ['C-01']],
    ['two ids', `test('it holds [C-01] [C-02]', () => {});`, ['C-01', 'C-02']],
    ['two ids in one pair of brackets', `test('it holds [C-01, C-02]', () => {});`, ['C-01', 'C-02']],
    ['a template', 'test(`${plane} holds [C-01]`, () => {});', ['C-01']],
    ['a table', `test.each([[1], [2]])('%s holds [C-01]', () => {});`, ['C-01']],
    ['a suite', `describe('this [C-01]', () => { it('holds', () => {}); });`, ['C-01']],
    ['a suite that needs a server', `describe.runIf(there)('this holds [C-01]', () => {});`, ['C-01']],
  ])('%s', (_, source, ids) => {
    expect(idsInTitles(source)).toEqual(ids);
  });

  test.each([
    ['a comment', `// [C-01]\ntest('it holds', () => {});`],
    ['another text', `const title = 'it holds [C-01]';`],
    ['a text inside the test', `test('it holds', () => { expect(text).toBe('[C-01]'); });`],
    ['a call of something else', `expect('it holds [C-01]', true);`],
    ['a test that is left out', `test.skip('it holds [C-01]', () => {});`],
    ['a test that is not written yet', `test.todo('it holds [C-01]');`],
    ['an id of another kind', `test('it holds [W22]', () => {});`],
  ])('%s is no proof', (_, source) => {
    expect(idsInTitles(source)).toEqual([]);
  });
});

test('a page names a clause per line, and mentions others without naming them', () => {
  expect(clausesIn('# Page\n\n- **C-01** One.\n- **C-02** Unlike C-01.\n- **Not one** at all.\n')).toEqual([
    'C-01',
    'C-02',
  ]);
});

describe('the list of clauses without a test', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headgate-clauses-'));
    await mkdir(join(root, 'docs'));
    await mkdir(join(root, 'test'));
    await clauses('C-01', 'C-02');
    await tests(`test('it holds [C-01]', () => {});`);
    await writeFile(join(root, LIST), 'C-02\n');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const clauses = (...ids: string[]) =>
    writeFile(join(root, 'docs/requirements.md'), ids.map((id) => `- **${id}** It holds.\n`).join(''));
  const tests = (source: string) => writeFile(join(root, 'test/it.test.ts'), source);

  function check(...args: string[]): [exitCode: number | null, output: string] {
    const script = join(ROOT, 'scripts/check-clauses.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, root, ...args], { encoding: 'utf8' });
    return [status, stdout + stderr];
  }

  test('is shown, and passes as long as it is true', () => {
    expect(check()).toEqual([0, '1 of 2 clauses have no test: C-02\n']);
  });

  test('may not grow by a clause that is new', async () => {
    await clauses('C-01', 'C-02', 'C-03');
    const [exitCode, output] = check();
    expect(exitCode).toBe(1);
    expect(output).toContain('C-03 has no test: no title carries [C-03]');
  });

  test('may not grow by a test that is gone', async () => {
    await tests('');
    const [exitCode, output] = check();
    expect(exitCode).toBe(1);
    expect(output).toContain('C-01 has no test');
  });

  test('may not hold what has a test by now, and is shortened on demand', async () => {
    await tests(`test('both hold [C-01] [C-02]', () => {});`);
    const [exitCode, output] = check();
    expect(exitCode).toBe(1);
    expect(output).toContain('C-02 has a test by now: take it off the list');
    expect(check('--shorten')).toEqual([0, '0 of 2 clauses have no test\n']);
    expect(await readFile(join(root, LIST), 'utf8')).toBe('');
  });

  test('is never made longer on demand', async () => {
    await tests('');
    expect(check('--shorten')[0]).toBe(1);
    expect(await readFile(join(root, LIST), 'utf8')).toBe('C-02\n');
  });

  test('names clauses only, as titles do', async () => {
    await tests(`test('it holds [C-01]', () => {});\ntest('so does this [C-99]', () => {});`);
    await writeFile(join(root, LIST), 'C-02\nC-98\n');
    const [exitCode, output] = check();
    expect(exitCode).toBe(1);
    expect(output).toContain('a test carries [C-99], which is no clause');
    expect(output).toContain('C-98 is on the list, but is no clause');
  });
});
