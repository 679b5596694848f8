import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ChaosReport } from '../../../bench/chaos/report.js';
import { until } from '../../helpers/until.js';

const BENCH = fileURLToPath(new URL('../../../scripts/bench.mjs', import.meta.url));

const SEED = '87';

const TIMEOUT = { timeout: 600_000 };

let folder: string;
/** Where the rounds keep everything: by it their programs are told apart from others. */
let rounds: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-chaos-test-'));
  rounds = await mkdtemp(join(folder, 'rounds-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function begin(...args: readonly string[]): { readonly run: ChildProcess; readonly said: () => string } {
  const run = spawn(process.execPath, [BENCH, 'chaos', '--smoke', '--seed', SEED, ...args], {
    env: { ...process.env, TMPDIR: rounds },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that it can be interrupted as a terminal does it.
    detached: true,
  });
  let said = '';
  for (const stream of [run.stdout, run.stderr]) stream.on('data', (text) => (said += String(text)));
  return { run, said: () => said };
}

async function programsOfRounds(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'args=']);
  return stdout.split('\n').filter((line) => line.includes(rounds));
}

async function nothingIsLeft(): Promise<void> {
  await until('every program of the round has ended', async () => (await programsOfRounds()).length === 0);
  await until('their folder is gone', async () => (await readdir(rounds)).length === 0);
}

test('a short round on real parts keeps every promise and leaves nothing behind', TIMEOUT, async () => {
  const file = join(folder, 'chaos.json');
  const { run, said } = begin('--json', file);
  const [exitCode] = (await once(run, 'close')) as [number | null];
  expect(exitCode, said()).toBe(0);
  const { rounds: done } = JSON.parse(await readFile(file, 'utf8')) as ChaosReport;
  expect(done).toMatchObject([{ seed: Number(SEED), violations: [], keptIn: null }]);
  expect(done[0]?.rollouts).toBeGreaterThan(2);
  expect(done[0]?.visits).toBeGreaterThan(0);
  await nothingIsLeft();
});

test('a round that is interrupted leaves nothing behind', TIMEOUT, async () => {
  const { run, said } = begin();
  await until(
    'the witness of the round runs',
    async () => {
      expect(run.exitCode, said()).toBeNull();
      return (await programsOfRounds()).some((line) => line.includes('witness-part'));
    },
    { deadlineMs: 200_000 },
  );
  const ended = once(run, 'close');
  if (run.pid !== undefined) process.kill(-run.pid, 'SIGINT');
  await ended;
  await nothingIsLeft();
});
