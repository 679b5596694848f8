import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { AbortReport } from '../../bench/abort/report.js';
import { spreadOf } from '../../bench/lib/quantiles.js';
import { table } from '../../bench/lib/table.js';
import { describeOnEnvoy } from '../helpers/envoy-server.js';

const BENCH = fileURLToPath(new URL('../../scripts/bench.mjs', import.meta.url));

async function smoke(...args: readonly string[]): Promise<{ report: AbortReport; said: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-bench-test-'));
  try {
    const file = join(directory, 'abort.json');
    const run = spawn(process.execPath, [BENCH, 'abort', '--smoke', '--json', file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [run.stdout, run.stderr]) stream.on('data', (text) => (said += String(text)));
    const [exitCode] = (await once(run, 'close')) as [number | null];
    expect(exitCode, said).toBe(0);
    const report = JSON.parse(await readFile(file, 'utf8')) as AbortReport;
    // How large they are means nothing in a run of seconds.
    for (const { what, measured } of report.targets) expect(measured, what).toBeGreaterThan(0);
    return { report, said };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('the abort benchmark measures every promise on real parts, and writes what it found', async () => {
  const { report, said } = await smoke();
  expect(report.targets.map(({ what }) => what)).toEqual([
    'single abort, p99',
    'all aborted at once, the last',
    'all bad within one interval, p99 after the first sample',
    'all bad and due in one moment, the last',
    'measurements a second',
    'worker, CPU-s a minute',
    'worker killed, aborts served after the restart',
  ]);
  expect(said).toContain('single abort: signal → reads back 0 %');
}, 600_000);

await describeOnEnvoy('the abort benchmark on Envoy', () => {
  test('measures what it read back and what a user saw, and names what it leaves out', async () => {
    const { report, said } = await smoke('--router', 'envoy');
    expect(report.targets.map(({ what }) => what)).toEqual([
      'single abort, p99',
      'single abort, p99, for a user',
      'all aborted at once, the last',
      'all aborted at once, the last user',
      'measurements a second',
      'worker, CPU-s a minute',
      'worker killed, aborts served after the restart',
    ]);
    expect(said).toContain('Left out: all bad at once');
  }, 600_000);
});

test('quantiles are values that were measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(spreadOf(values)).toEqual({ count: 100, p50: 50, p90: 90, p99: 99, max: 100 });
});

test('a table sets its numbers to the right', () => {
  expect(
    table(
      ['what', 'ms'],
      [
        ['abort', '7'],
        ['floor', '12'],
      ],
    ),
  ).toBe('what   ms\n─────  ──\nabort   7\nfloor  12');
});
