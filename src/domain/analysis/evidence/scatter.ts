import {
  DEFAULT_DISPERSION,
  DISPERSION_MIN_BAD_INTERVALS,
  DISPERSION_MIN_INTERVALS,
  DISPERSION_RANGE,
} from '../defaults.js';

/** What the baseline has shown of how its failures scatter from interval to interval. */
export interface Scatter {
  readonly intervals: number;
  /** Those in which something bad happened. */
  readonly badIntervals: number;
  readonly requests: number;
  readonly bad: number;
  /** Σ (r_t − r_{t−1})² / (1/n_t + 1/n_{t−1}), r the share of bad requests: each has the mean φ p (1 − p). */
  readonly squares: number;
  readonly lastShare: number;
  readonly lastRequests: number;
}

export const NO_SCATTER: Scatter = {
  intervals: 0,
  badIntervals: 0,
  requests: 0,
  bad: 0,
  squares: 0,
  lastShare: 0,
  lastRequests: 0,
};

export function scatterAfter(scatter: Scatter, requests: number, bad: number): Scatter {
  if (!(requests > 0)) return scatter;
  const share = bad / requests;
  const step = share - scatter.lastShare;
  const square = scatter.intervals === 0 ? 0 : (step * step) / (1 / requests + 1 / scatter.lastRequests);
  return {
    intervals: scatter.intervals + 1,
    badIntervals: scatter.badIntervals + (bad > 0 ? 1 : 0),
    requests: scatter.requests + requests,
    bad: scatter.bad + bad,
    squares: scatter.squares + square,
    lastShare: share,
    lastRequests: requests,
  };
}

/**
 * φ: the variance of a count of failures over what independent failures would have, at least 1.
 *
 * From mean squared successive differences (von Neumann), which a slow drift does not inflate, times 1 + 2 √(2/k) so
 * that chance rarely makes it too small. k is the number of intervals with a failure: where failures are rare, many
 * intervals without any tell nothing about whether they come in bursts.
 */
export function dispersionOf(scatter: Scatter): number {
  const { intervals, badIntervals, requests, bad, squares } = scatter;
  if (intervals < DISPERSION_MIN_INTERVALS || badIntervals < DISPERSION_MIN_BAD_INTERVALS) return DEFAULT_DISPERSION;
  const share = bad / requests;
  const byChance = share * (1 - share);
  if (!(byChance > 0)) return DEFAULT_DISPERSION;
  const estimate = (squares / (intervals - 1) / byChance) * (1 + 2 * Math.sqrt(2 / badIntervals));
  return Math.min(DISPERSION_RANGE.most, Math.max(DISPERSION_RANGE.least, estimate));
}
