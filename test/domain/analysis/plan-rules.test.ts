import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import type { AnalysisPlan, Check, ThresholdCheck } from '../../../src/domain/analysis/plan.js';
import { problemsOfAnalysisPlan } from '../../../src/domain/analysis/plan-rules.js';
import { describeProblem, InvalidSpecError } from '../../../src/domain/errors.js';
import { argoCases, type ArgoMetric } from './argo/fixtures.js';
import { planOf } from './support.js';

function problems(plan: AnalysisPlan): string[] {
  return problemsOfAnalysisPlan(plan, 'analysis').map(({ rule, path }) => `${rule} at ${path}`);
}

const threshold = (rest: Partial<ThresholdCheck>): Check => ({
  kind: 'threshold',
  metric: 'errorRate',
  max: 0.01,
  ...rest,
});

describe('a plan is refused with the rule and the place [U-04]', () => {
  test.each<[string, AnalysisPlan, string]>([
    ['without bounds', planOf({ kind: 'sequential', metric: 'errorRate' }), 'bounds.some at analysis.checks[0]'],
    ['a bound that is NaN', planOf(threshold({ max: NaN })), 'bounds.number at analysis.checks[0].max'],
    ['percent for a fraction', planOf(threshold({ max: 5 })), 'bounds.fraction at analysis.checks[0].max'],
    ['a negative fraction', planOf(threshold({ max: -0.1 })), 'bounds.fraction at analysis.checks[0].max'],
    ['min above max', planOf(threshold({ min: 0.5 })), 'bounds.order at analysis.checks[0].min'],
    [
      'a latency of 0 ms',
      planOf({ kind: 'sequential', metric: 'latencyP99', max: 0 }),
      'bounds.sign at analysis.checks[0].max',
    ],
    [
      'a negative request rate',
      planOf({ kind: 'threshold', metric: 'requestRate', min: -1 }),
      'bounds.sign at analysis.checks[0].min',
    ],
    [
      'evidence about what is no share of requests',
      planOf({ kind: 'sequential', metric: 'requestRate', min: 5 }),
      'checks.proportion at analysis.checks[0].metric',
    ],
    [
      'a comparison of a named value',
      planOf({ kind: 'baseline', metric: 'queue', maxIncrease: 0.5 }),
      'checks.proportion at analysis.checks[0].metric',
    ],
    [
      'a negative increase',
      planOf({ kind: 'baseline', metric: 'errorRate', maxIncrease: -0.5 }),
      'checks.increase at analysis.checks[0].maxIncrease',
    ],
    ['a check without a name', planOf({ kind: 'custom', name: ' ', max: 1 }), 'checks.name at analysis.checks[0].name'],
    [
      'no requests asked for',
      planOf(threshold({ minRequests: 0 })),
      'checks.positive at analysis.checks[0].minRequests',
    ],
    ['a window of no length', planOf(threshold({ windowMs: 0 })), 'checks.positive at analysis.checks[0].windowMs'],
    ['half a failure', planOf(threshold({ failureLimit: 0.5 })), 'limits.whole at analysis.checks[0].failureLimit'],
    [
      'fewer measurements than failures in a row that are borne',
      planOf(threshold({ count: 5, consecutiveFailureLimit: 10 })),
      'limits.count at analysis.checks[0].count',
    ],
    [
      'as few, where no other limit can be broken either',
      planOf(threshold({ count: 5, consecutiveFailureLimit: 5, failureLimit: 5 })),
      'limits.count at analysis.checks[0].count',
    ],
    [
      'a limit that no rollout can break',
      planOf(threshold({ failureLimit: 1e15 })),
      'limits.whole at analysis.checks[0].failureLimit',
    ],
    [
      'one in a row',
      planOf(threshold({ consecutiveFailureLimit: 1_000_001 })),
      'limits.whole at analysis.checks[0].consecutiveFailureLimit',
    ],
    ['a count without an end', planOf(threshold({ count: 2 ** 53 })), 'limits.whole at analysis.checks[0].count'],
    ['two checks alike', planOf(threshold({}), threshold({ max: 0.5 })), 'checks.repeated at analysis.checks[1]'],
    ['an alpha of 0', { checks: [], alpha: 0 }, 'alpha.range at analysis.alpha'],
    ['an alpha of 1', { checks: [], alpha: 1 }, 'alpha.range at analysis.alpha'],
    ['less scatter than chance', { checks: [], dispersion: 0.5 }, 'dispersion.range at analysis.dispersion'],
    [
      'proof without a margin',
      { checks: [{ kind: 'baseline', metric: 'errorRate', maxIncrease: 0 }], proof: 'evidence' },
      'proof.margin at analysis.checks[0].maxIncrease',
    ],
    [
      'too many checks',
      planOf(...Array.from({ length: 101 }, (_, index) => ({ kind: 'custom', name: String(index), max: 1 }) as const)),
      'checks.many at analysis.checks',
    ],
  ])('%s', (_, plan, expected) => {
    expect(problems(plan)).toEqual([expected]);
  });
});

test('a metric may be judged by different kinds side by side', () => {
  const plan = planOf(
    threshold({ max: 0.2 }),
    { kind: 'sequential', metric: 'errorRate', max: 0.01 },
    { kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 },
  );
  expect(problems(plan)).toEqual([]);
});

test('a limit on failures in a row may be above the count where another limit can fail the check', () => {
  expect(problems(planOf(threshold({ count: 5, consecutiveFailureLimit: 5, failureLimit: 2 })))).toEqual([]);
  expect(problems(planOf(threshold({ count: 6, consecutiveFailureLimit: 5 })))).toEqual([]);
});

test('all problems come at once [U-04]', () => {
  const plan: AnalysisPlan = {
    checks: [threshold({ max: 5, minRequests: -1 }), threshold({ min: 1 }), { kind: 'custom', name: '', max: NaN }],
    alpha: 2,
  };
  expect(problems(plan)).toHaveLength(7);
});

test('a percentage where a fraction belongs is answered with the fraction [U-02]', () => {
  const [problem] = problemsOfAnalysisPlan(planOf(threshold({ max: 5 })), 'analysis');
  expect(problem && describeProblem(problem)).toBe(
    '  analysis.checks[0].max: errorRate is a fraction; expected a fraction from 0 to 1, e.g. 0.01 for 1 %, got 5, which is 500 %. ' +
      'If 5 % is meant, write 0.05 (bounds.fraction)',
  );
});

test('recorded intervals are not judged by a plan that makes no sense', () => {
  expect(() => analyse(planOf(threshold({ max: 5 })), [])).toThrow(InvalidSpecError);
});

interface ArgoValidation {
  readonly metrics: readonly (ArgoMetric & { readonly name: string; readonly providers: readonly string[] })[];
  readonly expectedError: string | null;
  readonly source: string;
}

/** Headgate has no durations as text, no providers and no interval of its own, and allows a plan without checks. */
const ELSEWHERE = /interval|startDelay|provider|no metrics/;

const argo = (argoCases('validation') as readonly ArgoValidation[]).filter(
  ({ expectedError }) => expectedError === null || !ELSEWHERE.test(expectedError),
);

test.each(argo.map((one) => [one.source, one] as const))(
  'limits that contradict each other are refused as in Argo: %s [U-04]',
  (_, { metrics, expectedError }) => {
    const checks = metrics.map(({ name, count, failureLimit, inconclusiveLimit, ...limits }): Check => ({
      kind: 'threshold',
      metric: name,
      max: 1,
      ...(count === undefined ? {} : { count }),
      ...(failureLimit === undefined ? {} : { failureLimit }),
      ...(inconclusiveLimit === undefined ? {} : { inconclusiveLimit }),
      ...(limits.consecutiveErrorLimit === undefined ? {} : { consecutiveErrorLimit: limits.consecutiveErrorLimit }),
      ...(limits.consecutiveSuccessLimit === undefined
        ? {}
        : { consecutiveSuccessLimit: limits.consecutiveSuccessLimit }),
    }));
    expect(problems(planOf(...checks)).length).toBe(expectedError === null ? 0 : 1);
  },
);
