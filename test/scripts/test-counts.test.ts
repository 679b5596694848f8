import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../../scripts/steps/root.mjs';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-counts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function lastLine(...failedSteps: string[]): [exitCode: number | null, line: string | undefined] {
  const args = ['scripts/test-counts.mjs', join(folder, 'results.json'), ...failedSteps];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return [status, stdout.trimEnd().split('\n').at(-1)];
}

async function given(numPassedTests: number, ...files: { status: string; tests: string[] }[]): Promise<void> {
  const testResults = files.map(({ status, tests }) => ({
    status,
    assertionResults: tests.map((test) => ({ status: test })),
  }));
  await writeFile(join(folder, 'results.json'), JSON.stringify({ numPassedTests, testResults }));
}

test('a run in which everything passed ends well', async () => {
  await given(2, { status: 'passed', tests: ['passed', 'passed', 'skipped'] });
  expect(lastLine()).toEqual([0, '2 passed, 0 failed']);
});

test('failed tests count once each, not again for the step that ran them', async () => {
  await given(1, { status: 'failed', tests: ['passed', 'failed', 'failed'] });
  expect(lastLine('npm test')).toEqual([1, '1 passed, 2 failed']);
});

test('a file that could not be loaded counts', async () => {
  await given(1, { status: 'failed', tests: [] }, { status: 'passed', tests: ['passed'] });
  expect(lastLine('npm test')).toEqual([1, '1 passed, 1 failed']);
});

test('another step that failed counts, also when all tests passed', async () => {
  await given(3, { status: 'passed', tests: ['passed'] });
  expect(lastLine('npm run check')).toEqual([1, '3 passed, 1 failed']);
});

test('a run without results has failed', () => {
  expect(lastLine('npm test')).toEqual([1, '0 passed, 1 failed']);
});
