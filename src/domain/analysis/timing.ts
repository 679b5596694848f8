import { HISTOGRAM_TOLERANCE, LEAST_TIMED_SHARE } from './defaults.js';
import { formatCount } from './format.js';

/** Answered requests whose latencies may still come. Those that did not come for longer never will. */
export interface Late {
  /** Of the interval before the newest. */
  readonly older: number;
  /** Of the newest, and of those without any latency right before it. */
  readonly newest: number;
}

const NOBODY: Late = { older: 0, newest: 0 };

/** After one more interval: latencies of more requests than there were are of those that were late. */
export function lateAfter(late: Late = NOBODY, requests: number, timed: number): Late {
  if (timed === 0) return { ...late, newest: late.newest + requests };
  if (timed <= requests) return { older: late.newest, newest: requests - timed };
  const paid = timed - requests;
  return { older: Math.max(0, late.newest - Math.max(0, paid - late.older)), newest: 0 };
}

/** Latencies of more requests than there were, those included that were counted before and not measured yet. */
export function tooManyTimed(timed: number, requests: number, { older, newest }: Late = NOBODY): string | null {
  if (timed <= requests + older + newest + tolerated(requests)) return null;
  return `the latency histogram counts ${formatCount(timed)} requests where there were ${formatCount(requests)}`;
}

/** Latencies of so few of a stage's answered requests that they say nothing about the others. */
export function tooFewTimed(timed: number, requests: number): string | null {
  const least = LEAST_TIMED_SHARE * requests;
  if (timed >= least - tolerated(least)) return null;
  return `latencies are known of only ${formatCount(timed)} of ${formatCount(requests)} answered requests`;
}

function tolerated(requests: number): number {
  return Math.max(HISTOGRAM_TOLERANCE.requests, HISTOGRAM_TOLERANCE.share * requests);
}
