import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { oracleRequests } from '../../bench/lib/oracle.js';
import { SCENARIOS } from '../../bench/verdicts/policies.js';
import type { VerdictReport } from '../../bench/verdicts/report.js';
import { QUICK } from '../../bench/verdicts/settings.js';
import { targetsOf } from '../../bench/verdicts/targets.js';
import { runVerdicts } from '../../bench/verdicts/verdicts.js';
import { seededRandom } from '../../src/domain/simulation/random.js';

const BENCH = fileURLToPath(new URL('../../scripts/bench.mjs', import.meta.url));

const rate = z.strictObject({ of: z.int().positive(), share: z.number().min(0).max(1), plusMinus: z.number().min(0) });
const mean = z.strictObject({ of: z.int().positive(), mean: z.number().positive(), plusMinus: z.number().min(0) });

/** What docs/benchmarks.md says that `--json` writes. */
const REPORT = z.strictObject({
  benchmark: z.literal('verdicts'),
  at: z.iso.datetime(),
  machine: z.strictObject({ processor: z.string(), cores: z.int(), memoryGiB: z.int(), node: z.string() }),
  seconds: z.number().min(0),
  settings: z.strictObject({
    candidates: z.int(),
    slowCandidates: z.int(),
    badCandidates: z.int(),
    rollouts: z.int(),
    seed: z.int(),
  }),
  figures: z.strictObject({
    falseRollbacks: z.array(z.strictObject({ what: z.string(), promised: z.boolean(), rate })),
    detection: z.array(
      z.strictObject({
        times: z.number(),
        healthyIntervals: z.int(),
        requests: mean,
        oracleRequests: z.number().positive(),
        ratio: z.number().positive(),
      }),
    ),
    latency: z.strictObject({ falseRollbacks: rate, found: rate, medianRequests: z.number().positive() }),
    policies: z.array(
      z.strictObject({
        policy: z.string(),
        scenario: z.string(),
        falseRollbacks: rate,
        bad: z.array(
          z.strictObject({
            times: z.number(),
            found: rate,
            medianMinutes: z.number().positive().nullable(),
            meanRequests: z.number().positive(),
          }),
        ),
      }),
    ),
  }),
  targets: z.array(
    z.strictObject({
      what: z.string(),
      measured: z.number(),
      plusMinus: z.number().nullable(),
      atMost: z.number().nullable(),
      atLeast: z.number().nullable(),
      kept: z.boolean(),
    }),
  ),
});

let said = '';
let report: VerdictReport;

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'headgate-bench-test-'));
  try {
    const file = join(directory, 'verdicts.json');
    const run = spawn(process.execPath, [BENCH, 'verdicts', '--quick', '--json', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [run.stdout, run.stderr]) stream.on('data', (text) => (said += String(text)));
    const [exitCode] = (await once(run, 'close')) as [number | null];
    expect(exitCode, said).toBe(0);
    report = REPORT.parse(JSON.parse(await readFile(file, 'utf8')));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 480_000);

describe('the verdicts benchmark', () => {
  test('writes what is documented, and prints every promise', () => {
    for (const { what } of report.targets) expect(said).toContain(what);
    expect(report.settings).toEqual(QUICK);
    expect(new Set(report.figures.policies.map(({ scenario }) => scenario)).size).toBe(SCENARIOS.length);
  });

  test('keeps the promise of false rollbacks, as far as a short run can tell', () => {
    for (const { what, promised, rate: found } of report.figures.falseRollbacks)
      if (promised) expect(found.share - found.plusMinus, what).toBeLessThanOrEqual(0.05);
  });

  test('shows a policy that is wrong: bursts taken for independent failures, shocks under an absolute bound', () => {
    const wrong = report.figures.falseRollbacks.filter(({ promised }) => !promised);
    expect(wrong.length).toBeGreaterThan(3);
    for (const { what, rate: found } of wrong) expect(found.share - found.plusMinus, what).toBeGreaterThan(0.05);
  });

  test('shows that a fixed threshold on a minute of little traffic rolls healthy versions back', () => {
    const [little] = SCENARIOS;
    const rows = report.figures.policies.filter(({ scenario }) => scenario === little?.name);
    const shareOf = (policy: string) => rows.find((row) => row.policy.startsWith(policy))?.falseRollbacks.share;
    expect(shareOf('Argo Rollouts, failureLimit 0')).toBeGreaterThan(0.9);
    expect(shareOf('Flagger')).toBeGreaterThan(0.9);
    expect(shareOf('Headgate')).toBeLessThanOrEqual(0.05);
  });

  test('says so where a promise is not kept', () => {
    const { figures } = report;
    const worse = figures.falseRollbacks.map((row) => ({ ...row, rate: { ...row.rate, share: 0.06 } }));
    const slower = figures.detection.map((row) => ({ ...row, ratio: 5 }));
    const targets = targetsOf({ ...figures, falseRollbacks: worse, detection: slower });
    expect(targets.filter(({ kept }) => kept).map(({ what }) => what)).toEqual(
      targets.filter(({ what }) => what.startsWith('latency')).map(({ what }) => what),
    );
  });

  test('gives the same figures for the same seed, and others for another', () => {
    const tiny = { candidates: 5, slowCandidates: 5, badCandidates: 5, rollouts: 3, seed: 3 };
    const figures = runVerdicts(tiny, () => undefined);
    expect(runVerdicts(tiny, () => undefined)).toEqual(figures);
    expect(runVerdicts({ ...tiny, seed: 4 }, () => undefined)).not.toEqual(figures);
  });
});

test("the oracle needs about ln(1/α) nats at the true rate's divergence, and what the last batch overshoots", () => {
  const divergence = 0.02 * Math.log(2) + 0.98 * Math.log(0.98 / 0.99);
  const least = -Math.log(0.05) / divergence;
  const found = oracleRequests(seededRandom(1), { allowed: 0.01, actual: 0.02, batch: 10, alpha: 0.05 }, 4000);
  expect(found).toBeGreaterThan(least * 0.95);
  expect(found).toBeLessThan(least * 1.25);
});
