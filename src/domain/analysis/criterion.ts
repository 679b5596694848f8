import { RATE_TOLERANCE } from './defaults.js';
import { countSlower, quantileForDisplay } from './histogram.js';
import { isProportionMetric, type Bounds, type ProportionMetric } from './plan.js';
import { timedRequests, type Counts } from './reading.js';

/** What counts as bad about one request. */
export type BadEvent =
  | { readonly kind: 'error' }
  | { readonly kind: 'success' }
  | { readonly kind: 'slower'; readonly boundMs: number }
  | { readonly kind: 'notSlower'; readonly boundMs: number };

/**
 * One bound on a proportion metric, read as *P(bad) ≤ allowed*.
 *
 * A success rate of at least 99 % and an error rate of at most 1 % are the same criterion; latencyP99 of at most 500 ms
 * is the criterion that at most 1 % of requests are slower than 500 ms.
 */
export interface Criterion {
  readonly limit: 'max' | 'min';
  readonly bound: number;
  readonly event: BadEvent;
  /** The largest chance of the bad event that is allowed, 0–1. */
  readonly allowed: number;
}

/** How often the bad event happened. */
export interface BadCount {
  readonly requests: number;
  /** Bad for certain: evidence of harm counts these. */
  readonly surely: number;
  /** Not known to be fine: evidence of health counts these. */
  readonly possibly: number;
}

/** The share of requests that a latency metric is about, counted from the slow end. */
const SLOW_SHARES = { latencyP50: 0.5, latencyP95: 0.05, latencyP99: 0.01 } as const;

export type LatencyMetric = keyof typeof SLOW_SHARES;

export function isLatencyMetric(metric: string): metric is LatencyMetric {
  return metric in SLOW_SHARES;
}

/** The share of requests that may be slower than the bound of `metric`. */
export function slowShare(metric: LatencyMetric): number {
  return SLOW_SHARES[metric];
}

/** The bounds of a check as criteria: one for `max`, one for `min`; none where the metric is no share of requests. */
export function criteriaOf(metric: string, { max, min }: Bounds): readonly Criterion[] {
  const criteria: Criterion[] = [];
  if (!isProportionMetric(metric)) return criteria;
  if (max !== undefined) criteria.push(criterionOf(metric, 'max', max));
  if (min !== undefined) criteria.push(criterionOf(metric, 'min', min));
  return criteria;
}

function criterionOf(metric: ProportionMetric, limit: 'max' | 'min', bound: number): Criterion {
  switch (metric) {
    case 'errorRate':
      return limit === 'max'
        ? { limit, bound, event: { kind: 'error' }, allowed: bound }
        : { limit, bound, event: { kind: 'success' }, allowed: rounded(1 - bound) };
    case 'successRate':
      return limit === 'max'
        ? { limit, bound, event: { kind: 'success' }, allowed: bound }
        : { limit, bound, event: { kind: 'error' }, allowed: rounded(1 - bound) };
    case 'latencyP50':
    case 'latencyP95':
    case 'latencyP99': {
      const share = SLOW_SHARES[metric];
      return limit === 'max'
        ? { limit, bound, event: { kind: 'slower', boundMs: bound }, allowed: share }
        : { limit, bound, event: { kind: 'notSlower', boundMs: bound }, allowed: rounded(1 - share) };
    }
  }
}

/** Takes back what floating point adds: 1 − 0.9 is meant to be 0.1. */
function rounded(share: number): number {
  return Math.round(share * 1e12) / 1e12;
}

/** How often `event` happened in `counts`; without a latency histogram nothing is known of latencies. */
export function countBad(event: BadEvent, counts: Counts): BadCount {
  switch (event.kind) {
    case 'error':
      return { requests: counts.requests, surely: counts.errors, possibly: counts.errors };
    case 'success': {
      const successes = counts.requests - counts.errors;
      return { requests: counts.requests, surely: successes, possibly: successes };
    }
    case 'slower':
    case 'notSlower': {
      if (counts.histogram === null) return { requests: 0, surely: 0, possibly: 0 };
      const requests = timedRequests(counts);
      const slower = countSlower(counts.histogram, event.boundMs);
      return event.kind === 'slower'
        ? { requests, surely: slower.surely, possibly: slower.possibly }
        : { requests, surely: requests - slower.possibly, possibly: requests - slower.surely };
    }
  }
}

/** Whether `bad` of `requests` is more than `allowed`, but for rounding. */
export function exceeds(bad: number, requests: number, allowed: number): boolean {
  return bad > (allowed + RATE_TOLERANCE) * requests;
}

/** How many requests tell about `metric`. */
export function requestsFor(metric: string, counts: Counts): number {
  return isLatencyMetric(metric) ? timedRequests(counts) : counts.requests;
}

/** The metric's value as people know it; `null` when `counts` does not tell. */
export function valueOf(metric: ProportionMetric, counts: Counts): number | null {
  switch (metric) {
    case 'errorRate':
      return counts.requests > 0 ? counts.errors / counts.requests : null;
    case 'successRate':
      return counts.requests > 0 ? (counts.requests - counts.errors) / counts.requests : null;
    case 'latencyP50':
    case 'latencyP95':
    case 'latencyP99':
      return counts.histogram === null ? null : quantileForDisplay(counts.histogram, 1 - SLOW_SHARES[metric]);
  }
}
