import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import { healthScore } from '../../../src/domain/analysis/health-score.js';
import { picturesOf } from '../../../src/domain/analysis/step-by-step.js';
import type { AnalysisPlan } from '../../../src/domain/analysis/plan.js';
import type { AnalysisInterval } from '../../../src/domain/analysis/sample.js';
import { intervals, observed, planOf, repeat, traffic } from './support.js';

function score(
  plan: AnalysisPlan,
  all: readonly AnalysisInterval[],
  probeSuccess: number | null = null,
): number | null {
  return healthScore(picturesOf(plan, observed(plan, all)), probeSuccess);
}

const sequential: AnalysisPlan = { ...planOf({ kind: 'sequential', metric: 'errorRate', max: 0.01 }), dispersion: 1 };

describe('the health score', () => {
  test('is unknown while nothing is known [C-06]', () => {
    expect(score(planOf(), [])).toBeNull();
    expect(score(sequential, intervals([traffic(0), 'no-data']))).toBeNull();
  });

  test('is 1 while nothing speaks against the candidate [C-06]', () => {
    expect(score(sequential, intervals(repeat(5, traffic(100))))).toBe(1);
    expect(score(sequential, intervals(repeat(5, traffic(100))), 1)).toBe(1);
  });

  test('falls with evidence of harm and is 0 when a check has failed [C-06]', () => {
    const some = score(sequential, intervals([traffic(100, 3)])) ?? -1;
    const more = score(sequential, intervals([traffic(100, 3), traffic(100, 3)])) ?? -1;
    expect(some).toBeLessThan(1);
    expect(more).toBeLessThan(some);
    expect(more).toBeGreaterThan(0);
    expect(score(sequential, intervals([traffic(100, 50)]))).toBe(0);
  });

  test('falls with every failure that a limit bears', () => {
    const plan = planOf({ kind: 'threshold', metric: 'errorRate', max: 0.01, failureLimit: 3 });
    const after = (failures: number) => score(plan, intervals([traffic(100), ...repeat(failures, traffic(100, 9))]));
    expect([0, 1, 2, 3, 4].map(after)).toEqual([1, 0.75, 0.5, 0.25, 0]);
  });

  test('is that of the worst check, or of the probes where they are worse [C-06]', () => {
    const two = planOf(
      { kind: 'threshold', metric: 'errorRate', max: 0.01, failureLimit: 1 },
      { kind: 'sequential', metric: 'latencyP99', max: 500 },
    );
    expect(score(two, intervals([traffic(100, 9)]))).toBe(0.5);
    expect(score(two, intervals([traffic(100, 9)]), 0.2)).toBe(0.2);
    expect(score(planOf(), [], 0.95)).toBe(0.95);
  });

  test.each<[string, AnalysisPlan, readonly AnalysisInterval[]]>([
    ['a sequential check', sequential, intervals(repeat(40, traffic(100, 3)))],
    [
      'a comparison with the baseline',
      { ...planOf({ kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 }), dispersion: 1 },
      intervals(repeat(40, traffic(100, 6)), repeat(40, traffic(100, 2))),
    ],
  ])('says of %s what its evidence says: 0 exactly from the interval on that fails it [C-06]', (_, plan, all) => {
    const failedAt = analyse(plan, all).decidedAtInterval ?? -1;
    expect(failedAt).toBeGreaterThan(0);
    const scores = all.map((_, index) => score(plan, all.slice(0, index + 1)) ?? -1);
    expect(scores.map((value) => value === 0)).toEqual(all.map((_, index) => index >= failedAt));
    // In between it only falls where evidence of harm only grows.
    expect(scores.slice(0, failedAt + 1)).toEqual([...scores.slice(0, failedAt + 1)].sort((a, b) => b - a));
  });
});
