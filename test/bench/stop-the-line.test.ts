import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { StopReport } from '../../bench/stop-the-line/report.js';

const BENCH = fileURLToPath(new URL('../../scripts/bench.mjs', import.meta.url));

test('the benchmark of a stop of the line measures every promise on real parts, and no share comes back [M-07]', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-bench-test-'));
  const file = join(directory, 'stop.json');
  const run = spawn(process.execPath, [BENCH, 'stop-the-line', '--smoke', '--json', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [run.stdout, run.stderr]) stream.on('data', (text) => (said += String(text)));
  const [exitCode] = (await once(run, 'close')) as [number | null];
  expect(exitCode, said).toBe(0);
  const { targets, figures } = JSON.parse(await readFile(file, 'utf8')) as StopReport;
  await rm(directory, { recursive: true, force: true });
  expect(targets.map(({ what }) => what)).toEqual([
    'the last at 0 % at the data plane, ms',
    'the same, of what as many single aborts take',
    'writes for each instance of the data plane',
    'the greatest share after the answer, %',
  ]);
  // How fast it was means nothing in a run of seconds; how often it wrote does.
  expect(figures).toMatchObject({ bulkWrites: 1, otherWrites: 0, greatestShareAfter: 0 });
  expect(figures.fired).toBeGreaterThan(0);
}, 600_000);
