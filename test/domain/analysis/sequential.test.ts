import { describe, expect, test } from 'vitest';
import { DEFAULT_DISPERSION } from '../../../src/domain/analysis/defaults.js';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import { breachOf, picturesOf, planVerdict, stageVerdict } from '../../../src/domain/analysis/step-by-step.js';
import { carryOver } from '../../../src/domain/analysis/analysis.js';
import type { AnalysisPlan, SequentialCheck } from '../../../src/domain/analysis/plan.js';
import { intervals, INTERVAL_MS, observed, planOf, repeat, timed, traffic } from './support.js';

const errors: SequentialCheck = { kind: 'sequential', metric: 'errorRate', max: 0.01 };
const plan: AnalysisPlan = { ...planOf(errors), dispersion: 1 };

describe('evidence of harm', () => {
  test('does not roll back for one bad minute at low traffic [C-04]', () => {
    const samples = [traffic(10, 1), ...repeat(20, traffic(10))];
    expect(analyse(plan, intervals(samples)).verdicts).not.toContain('failed');
    expect(analyse(planOf({ ...errors, kind: 'threshold' }), intervals(samples)).final).toBe('failed');
  });

  test('rolls back at once on a disaster [C-05]', () => {
    expect(analyse(plan, intervals([traffic(10), traffic(10, 10)])).decidedAtInterval).toBe(1);
  });

  test('is not drowned by a long healthy past [C-05]', () => {
    const late = [...repeat(100, traffic(1000, 5)), ...repeat(10, traffic(1000, 30))];
    const { decidedAtInterval } = analyse(plan, intervals(late));
    expect(decidedAtInterval).toBeGreaterThanOrEqual(100);
    expect(decidedAtInterval).toBeLessThanOrEqual(103);
  });

  test('is kept from stage to stage, evidence of health is not [C-09]', () => {
    const half = intervals(repeat(3, traffic(100, 3)));
    const rest = intervals(repeat(2, traffic(100, 3)));
    const carried = carryOver(observed(plan, half));
    expect(planVerdict(plan, carried)).toBe('inconclusive');
    expect(planVerdict(plan, observed(plan, rest, carried))).toBe('failed');
    expect(planVerdict(plan, observed(plan, rest))).not.toBe('failed');
  });

  test('stands for good', () => {
    const samples = [traffic(100, 50), ...repeat(100, traffic(1000))];
    expect(new Set(analyse(plan, intervals(samples)).verdicts)).toEqual(new Set(['failed']));
    expect(planVerdict(plan, carryOver(observed(plan, intervals(samples))))).toBe('failed');
  });

  test('is asked for more strictly the more checks share the chance of a false alarm', () => {
    const many: AnalysisPlan = {
      ...planOf(
        errors,
        { kind: 'sequential', metric: 'latencyP99', max: 500 },
        { ...errors, metric: 'latencyP95', max: 9 },
      ),
      dispersion: 1,
    };
    const bad = intervals(repeat(20, traffic(50, 2)));
    const alone = breachOf(plan, observed(plan, bad))?.checks[0]?.atMs ?? 0;
    const among = breachOf(many, observed(many, bad))?.checks[0]?.atMs ?? 0;
    expect(alone).toBeGreaterThan(0);
    expect(among).toBeGreaterThan(alone);
  });

  test('needs more where failures come in bursts', () => {
    const bad = intervals(repeat(40, traffic(100, 4)));
    const at = (dispersion: number) => analyse({ ...plan, dispersion }, bad).decidedAtInterval ?? Infinity;
    expect(at(4)).toBeGreaterThan(2 * at(1));
    expect(analyse(planOf(errors), bad).decidedAtInterval).toBe(at(DEFAULT_DISPERSION));
  });

  test('is complete with a single failure where none is allowed', () => {
    const none = planOf({ ...errors, max: 0 });
    expect(analyse(none, intervals([traffic(1000), traffic(1000, 1)])).verdicts).toEqual(['successful', 'failed']);
  });

  test('never comes where everything is allowed', () => {
    const all = planOf({ ...errors, max: 1 });
    expect(analyse(all, intervals(repeat(5, traffic(100, 100)))).final).toBe('successful');
  });

  test('counts both bounds of a check [C-02]', () => {
    const both: AnalysisPlan = { ...planOf({ ...errors, min: 0.5, max: 0.6 }), dispersion: 1 };
    expect(analyse(both, intervals(repeat(20, traffic(100, 55)))).final).toBe('successful');
    expect(analyse(both, intervals(repeat(20, traffic(100, 20)))).final).toBe('failed');
    expect(analyse(both, intervals(repeat(20, traffic(100, 90)))).final).toBe('failed');
  });

  test('against a latency counts only requests that are slower for certain [C-02]', () => {
    const p99: AnalysisPlan = { ...planOf({ kind: 'sequential', metric: 'latencyP99', max: 300 }), dispersion: 1 };
    const unclear = repeat(20, timed({ 100: 90, 500: 10, Infinity: 0 }));
    const slow = repeat(20, timed({ 100: 90, 500: 0, Infinity: 10 }));
    expect(analyse(p99, intervals(unclear)).verdicts).not.toContain('failed');
    expect(analyse(p99, intervals(slow)).final).toBe('failed');
  });
});

describe('a breach', () => {
  test('tells the value since things went wrong, not the average of the stage [C-05]', () => {
    const samples = [...repeat(50, traffic(1000, 2)), ...repeat(5, traffic(1000, 42))];
    const check = breachOf(plan, observed(plan, intervals(samples)))?.checks[0];
    expect(check?.value).toBeCloseTo(0.042, 6);
    expect(check?.sinceMs).toBe(50 * INTERVAL_MS);
    expect(check?.reason).toBe('errorRate 4.2 % > max 1 % (42 errors in 1,000 requests)');
  });

  test('that the baseline shares in the same window is told apart [C-05]', () => {
    const candidates = [...repeat(20, traffic(100)), ...repeat(5, traffic(100, 20))];
    const shared = (baseline: ReturnType<typeof traffic>) => {
      const baselines = [...repeat(20, traffic(900, 1)), ...repeat(5, baseline)];
      return breachOf(plan, observed(plan, intervals(candidates, baselines)))?.checks[0]?.sharedWithBaseline;
    };
    expect(shared(traffic(900, 180))).toBe(true);
    expect(shared(traffic(900, 1))).toBe(false);
    // One bad request of a few is no breach of the baseline's own.
    expect(shared(traffic(20, 1))).toBe(false);
  });
});

describe('a stage', () => {
  test('passes on enough requests within the bound, with nothing against them [C-04]', () => {
    expect(stageVerdict(plan, observed(plan, intervals([traffic(1000, 9)])))).toEqual({
      verdict: 'successful',
      reason: 'errorRate 0.9 % in 1,000 requests, within max 1 %, no evidence of harm',
      missing: [],
      proven: false,
    });
  });

  test('says how many requests it needs [C-04]', () => {
    const { verdict, missing } = stageVerdict(plan, observed(plan, intervals([traffic(40)])));
    expect(verdict).toBe('inconclusive');
    expect(missing).toEqual(['errorRate needs about 60 more requests (15 s at the present rate)']);
    const strict = planOf({ ...errors, minRequests: 5000 });
    expect(stageVerdict(strict, observed(strict, intervals([traffic(4000)]))).missing[0]).toMatch(/about 1,000 more/);
  });

  test('does not pass beyond the bound, even where that may be chance [C-04]', () => {
    const state = observed(plan, intervals([traffic(150, 2)]));
    const { verdict, reason } = stageVerdict(plan, state);
    expect(verdict).toBe('inconclusive');
    expect(reason).toMatch(/^errorRate 1\.33 % in 150 requests is beyond max 1 %, which may be chance: needs about /);
  });

  test('whose plan asks for proof passes only with it, and says how much is missing [C-04]', () => {
    const strict: AnalysisPlan = { ...plan, proof: 'evidence' };
    const clean = analyse(strict, intervals(repeat(10, traffic(100))));
    expect(clean.decidedAtInterval).toBe(4);
    const early = stageVerdict(strict, observed(strict, intervals(repeat(3, traffic(100)))));
    expect(early.verdict).toBe('inconclusive');
    expect(early.missing[0]).toMatch(
      /^errorRate needs about \d+ more requests to prove health \(\d+ s at the present rate\)$/,
    );
    const proven = stageVerdict(strict, observed(strict, intervals(repeat(10, traffic(100)))));
    expect([early.proven, proven.proven]).toEqual([false, true]);
    expect(proven.reason).toBe('errorRate 0 % in 1,000 requests, within max 1 %, proven');
  });

  test('gathers its proof anew [C-09]', () => {
    const strict: AnalysisPlan = { ...plan, proof: 'evidence' };
    const state = observed(strict, intervals(repeat(10, traffic(100))));
    expect(planVerdict(strict, state)).toBe('successful');
    const next = observed(strict, intervals(repeat(3, traffic(100))), carryOver(state));
    expect(planVerdict(strict, next)).toBe('inconclusive');
  });

  test('too close to its bound is never proven and says so', () => {
    const strict: AnalysisPlan = { ...plan, proof: 'evidence' };
    const { missing } = stageVerdict(strict, observed(strict, intervals(repeat(20, traffic(1000, 10)))));
    expect(missing).toEqual(['errorRate needs far more requests than there are to prove health']);
  });
});

test('a picture shows estimate, interval, bound and samples [C-06]', () => {
  const samples = [timed({ 100: 900, 500: 95, 1000: 5, Infinity: 0 }, 3), traffic(0)];
  const both = planOf(errors, { kind: 'sequential', metric: 'latencyP99', max: 500 });
  const [rate, latency] = picturesOf(both, observed(both, intervals(samples, repeat(2, traffic(500, 1)))));
  expect(rate).toMatchObject({
    name: 'errorRate',
    verdict: 'successful',
    value: 0.003,
    baselineValue: 0.002,
    bound: 'max 1 %',
    unit: 'fraction',
    candidateRequests: 1000,
    baselineRequests: 1000,
    recent: [0.003],
    missing: null,
    suspended: false,
    healthScore: 1,
  });
  expect(rate?.interval?.low).toBeLessThan(0.003);
  expect(rate?.interval?.high).toBeGreaterThan(0.003);
  expect(latency).toMatchObject({ name: 'latencyP99', bound: 'max 500 ms', unit: 'ms', candidateRequests: 1000 });
  expect(latency?.value).toBeCloseTo(100 + (400 * 90) / 95, 6);
  expect(latency?.interval?.low).toBeLessThan(latency?.value ?? 0);
});

test('a check that changes on the way begins anew, the others keep what they know [M-03]', () => {
  const two = planOf(errors, { kind: 'threshold', metric: 'latencyP99', max: 500, failureLimit: 1 });
  const state = observed(two, intervals(repeat(3, timed({ 500: 90, 1000: 10, Infinity: 0 }, 1))).slice(0, 1));
  const changed = planOf(
    { kind: 'threshold', metric: 'latencyP99', max: 500, failureLimit: 1 },
    { ...errors, max: 0.02 },
  );
  const [latency, rate] = picturesOf(changed, state);
  expect(latency?.healthScore).toBe(0.5);
  expect(rate?.healthScore).toBeNull();
});
