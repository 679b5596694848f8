import { countBad, isLatencyMetric, slowShare } from './criterion.js';
import { quantileForDisplay } from './histogram.js';
import type { CountedMetric } from './plan.js';
import { timedRequests } from './reading.js';
import type { StageCounts } from './stage-counts.js';

/** Between what the true value lies, roughly. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How much higher the candidate's value is than the baseline's: 0.5 is half as much again. */
export interface Increase extends Interval {
  readonly value: number;
}

/** 95 % of a normal distribution lie within so many standard deviations. */
const Z = 1.959964;

/**
 * The 95 % interval of the candidate's value over the stage so far, for display: Wilson's for a rate, the quantiles of a
 * binomial rank for a latency; the sample counts as n/φ requests. No verdict rests on it.
 */
export function intervalOf(
  metric: CountedMetric | null,
  { candidate }: StageCounts,
  dispersion: number,
): Interval | null {
  if (candidate === null || metric === null) return null;
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

/** Wilson's score interval for a share seen in `n` requests. */
export function wilson(share: number, n: number): Interval {
  if (!(n > 0)) return { low: 0, high: 1 };
  const z2 = (Z * Z) / n;
  const middle = share + z2 / 2;
  const half = Z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n));
  return { low: Math.max(0, (middle - half) / (1 + z2)), high: Math.min(1, (middle + half) / (1 + z2)) };
}
