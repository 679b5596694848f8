import type { RememberingCheck } from './check-memories.js';
import type { StageCounts } from './check-state.js';
import { countBad, isLatencyMetric, slowShare } from './criterion.js';
import { dispersionFor } from './evidence/weighed.js';
import { quantileForDisplay } from './histogram.js';
import { timedRequests } from './reading.js';

/** Between what the true value lies, roughly. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 95 % of a normal distribution lie within so many standard deviations. */
const Z = 1.959964;

/**
 * The 95 % interval of the candidate's value over the stage so far, for display: Wilson's for a rate, the quantiles of a
 * binomial rank for a latency; the sample counts as n/φ requests. No verdict rests on it.
 */
export function intervalOf(check: RememberingCheck, { candidate }: StageCounts): Interval | null {
  if (check.engine === 'threshold' || candidate === null || check.state.failure !== null) return null;
  const { metric } = check.compiled.check;
  const weighed = check.engine === 'sequential' ? check.state.weighed[0] : check.state.weighed;
  const dispersion = weighed === undefined ? 1 : dispersionFor(check.compiled, weighed);
  if (isLatencyMetric(metric)) {
    if (candidate.histogram === null) return null;
    const { low, high } = wilson(1 - slowShare(metric), timedRequests(candidate) / dispersion);
    const [lowMs, highMs] = [
      quantileForDisplay(candidate.histogram, low),
      quantileForDisplay(candidate.histogram, high),
    ];
    return lowMs === null || highMs === null ? null : { low: lowMs, high: highMs };
  }
  const { requests, surely } = countBad({ kind: 'error' }, candidate);
  if (!(requests > 0)) return null;
  const errors = wilson(surely / requests, requests / dispersion);
  return metric === 'successRate' ? { low: 1 - errors.high, high: 1 - errors.low } : errors;
}

/** How much higher the candidate's value is than the baseline's: 0.5 is half as much again. */
export interface Increase extends Interval {
  readonly value: number;
}

/**
 * The increase that a `baseline` check is about, for display, with what it lies between at 95 %: for a rate from the
 * share that the candidate has of all failures (Wilson), for a latency from the interval of its quantile. `null` for
 * other checks, and where there is nothing to compare with.
 */
export function increaseOf(
  check: RememberingCheck,
  { value, baselineValue, interval }: ComparedValues,
): Increase | null {
  if (check.engine !== 'baseline' || check.state.failure !== null || check.state.suspended) return null;
  const { compiled, state } = check;
  if (compiled.unit === 'ms') {
    if (value === null || baselineValue === null || interval === null || !(baselineValue > 0)) return null;
    const over = (ms: number) => ms / baselineValue - 1;
    return { value: over(value), low: over(interval.low), high: over(interval.high) };
  }
  const { requests, bad, baselineRequests, baselineBad } = state.compared;
  const all = bad + baselineBad;
  if (!(bad > 0 && baselineBad > 0 && requests > 0)) return null;
  const over = (share: number) => (share * baselineRequests) / ((1 - share) * requests) - 1;
  const { low, high } = wilson(bad / all, all / dispersionFor(compiled, state.weighed));
  return high < 1 ? { value: over(bad / all), low: over(low), high: over(high) } : null;
}

interface ComparedValues {
  readonly value: number | null;
  readonly baselineValue: number | null;
  readonly interval: Interval | null;
}

/** Wilson's score interval for a share seen in `n` requests. */
function wilson(share: number, n: number): Interval {
  if (!(n > 0)) return { low: 0, high: 1 };
  const z2 = (Z * Z) / n;
  const middle = share + z2 / 2;
  const half = Z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n));
  return { low: Math.max(0, (middle - half) / (1 + z2)), high: Math.min(1, (middle + half) / (1 + z2)) };
}
