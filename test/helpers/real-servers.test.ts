import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/steps/root.mjs';

function runFixture(ci: string): { status: number | null; output: string } {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--config', 'test/helpers/fixtures/vitest.config.ts'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, CI: ci, NO_COLOR: '1' },
    },
  );
  return { status, output: stdout + stderr };
}

test('a suite whose server is missing is left out and named in the closing summary', () => {
  const { status, output } = runFixture('');
  expect(output).toContain(
    'Left out, because a server is missing:\n' +
      '   test/helpers/fixtures/missing-server.fixture.ts: a suite on Nowhere: missing server: Nowhere (apt-get install nowhere)\n',
  );
  expect(output).toMatch(/1 passed \| 1 skipped/);
  expect(status).toBe(0);
});

test('with CI=true a missing server fails the run', () => {
  const { status, output } = runFixture('true');
  expect(output).toContain('missing server: Nowhere (apt-get install nowhere); with CI=true no suite is left out');
  expect(status).toBe(1);
});
