import { MOST_MEASUREMENTS } from '../analysis/defaults.js';
import { formatCount, formatValue } from '../analysis/format.js';
import type { Check } from '../analysis/plan.js';
import { spellDuration } from '../duration.js';
import type { Problem } from '../errors.js';
import { tooLong } from '../time-rules.js';

/** When traffic goes back, beside what the plan's checks say. May be changed while the rollout runs. */
export interface RollbackPolicy {
  /** The largest share of requests that may fail, in (0, 1). */
  readonly errorRateThreshold?: number;
  /** The candidate's p99 latency may be so many times the baseline's in the same moments, above 1. */
  readonly latencyIncrease?: number;
  /** The smallest share of requests that must succeed, in (0, 1). */
  readonly successRateMinimum?: number;
  /** Every look at a rate goes back over so much time. @default evidence from all requests of the rollout */
  readonly evaluationWindowMs?: number;
  /** So many looks at a rate in a row must find it beyond its bound. @default 1 with a window, else evidence decides */
  readonly consecutiveFailures?: number;
}

const LATENCY_METRIC = 'latencyP99';

/**
 * The checks that a policy means. With a window or a count every look at a rate is a measurement of its own; without,
 * the rates are judged from evidence, like any bound. Latency is always compared by evidence.
 */
export function checksOfPolicy(policy: RollbackPolicy): readonly Check[] {
  const { errorRateThreshold, successRateMinimum, latencyIncrease } = policy;
  return [
    ...(errorRateThreshold === undefined ? [] : [rateCheck('errorRate', { max: errorRateThreshold }, policy)]),
    ...(successRateMinimum === undefined ? [] : [rateCheck('successRate', { min: successRateMinimum }, policy)]),
    ...(latencyIncrease === undefined
      ? []
      : [{ kind: 'baseline' as const, metric: LATENCY_METRIC, maxIncrease: increaseOf(latencyIncrease) }]),
  ];
}

function rateCheck(
  metric: 'errorRate' | 'successRate',
  bound: { readonly max: number } | { readonly min: number },
  { evaluationWindowMs, consecutiveFailures }: RollbackPolicy,
): Check {
  if (evaluationWindowMs === undefined && consecutiveFailures === undefined)
    return { kind: 'sequential', metric, ...bound };
  return {
    kind: 'threshold',
    metric,
    ...bound,
    ...(evaluationWindowMs === undefined ? {} : { windowMs: evaluationWindowMs }),
    // So many may fail in a row, and one more fails the check.
    ...(consecutiveFailures === undefined ? {} : { consecutiveFailureLimit: consecutiveFailures - 1 }),
  };
}

/** 1.2 times is 20 % more, without what floating point adds. */
function increaseOf(times: number): number {
  return Number((times - 1).toPrecision(12));
}

/** Everything that is wrong with a policy, all at once. */
export function problemsOfPolicy(policy: RollbackPolicy, path: string): Problem[] {
  const { errorRateThreshold, successRateMinimum, latencyIncrease, evaluationWindowMs, consecutiveFailures } = policy;
  const asksRates = errorRateThreshold !== undefined || successRateMinimum !== undefined;
  const wrong = (key: keyof RollbackPolicy, message: string, expected: string): Problem => ({
    rule: `policy.${key}`,
    path: `${path}.${key}`,
    message,
    expected,
    got: String(policy[key]),
  });
  const isShare = (value: number | undefined) => value === undefined || (value > 0 && value < 1);
  return [
    ...(asksRates || latencyIncrease !== undefined ? [] : [saysNothing(path)]),
    ...(isShare(errorRateThreshold)
      ? []
      : [wrong('errorRateThreshold', 'This cannot be an error rate to go back at', 'a fraction above 0 and below 1')]),
    ...(isShare(successRateMinimum)
      ? []
      : [wrong('successRateMinimum', 'This cannot be the least success rate', 'a fraction above 0 and below 1')]),
    ...(latencyIncrease === undefined || (latencyIncrease > 1 && latencyIncrease <= 1000)
      ? []
      : [wrong('latencyIncrease', 'This is no increase over the baseline', 'more than 1: 1.5 is half as slow again')]),
    ...(evaluationWindowMs === undefined || (Number.isFinite(evaluationWindowMs) && evaluationWindowMs > 0)
      ? []
      : [wrong('evaluationWindowMs', 'A window must be longer than nothing', 'a time above 0')]),
    ...tooLong(`${path}.evaluationWindowMs`, evaluationWindowMs),
    ...(consecutiveFailures === undefined || isCount(consecutiveFailures)
      ? []
      : [
          wrong(
            'consecutiveFailures',
            'This cannot be a number of checks',
            `a whole number from 1 to ${formatCount(MOST_MEASUREMENTS)}`,
          ),
        ]),
    ...(asksRates || (evaluationWindowMs === undefined && consecutiveFailures === undefined)
      ? []
      : [countsNothing(evaluationWindowMs === undefined ? 'consecutiveFailures' : 'evaluationWindowMs', path)]),
  ];
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MOST_MEASUREMENTS;
}

function saysNothing(path: string): Problem {
  return {
    rule: 'policy.some',
    path,
    message: 'This policy never goes back',
    expected: 'errorRateThreshold, successRateMinimum or latencyIncrease',
    got: 'none of them',
  };
}

function countsNothing(key: string, path: string): Problem {
  return {
    rule: 'policy.counts',
    path: `${path}.${key}`,
    message: 'This counts looks at a rate, and the policy looks at none; latency is compared by evidence',
    expected: 'errorRateThreshold or successRateMinimum beside it',
    got: 'neither',
  };
}

/** A policy in words: `error rate at most 2 % over 5m, 3 checks in a row`; `none` when there is none. */
export function policyWords(policy: RollbackPolicy | undefined): string {
  if (policy === undefined) return 'none';
  const { errorRateThreshold, successRateMinimum, latencyIncrease, evaluationWindowMs, consecutiveFailures } = policy;
  const looks =
    (evaluationWindowMs === undefined ? '' : ` over ${spellDuration(evaluationWindowMs)}`) +
    (consecutiveFailures === undefined ? '' : `, ${String(consecutiveFailures)} checks in a row`);
  return [
    ...(errorRateThreshold === undefined
      ? []
      : [`error rate at most ${formatValue(errorRateThreshold, 'fraction')}${looks}`]),
    ...(successRateMinimum === undefined
      ? []
      : [`success rate at least ${formatValue(successRateMinimum, 'fraction')}${looks}`]),
    ...(latencyIncrease === undefined ? [] : [`p99 latency at most ${String(latencyIncrease)} times the baseline's`]),
  ].join('; ');
}
