import { isCountable } from './countable.js';
import { addHistograms, histogramTotal, normalHistogram, problemOfHistogram, type Histogram } from './histogram.js';
import type { AnalysisInterval, Sampled, TrafficSample } from './sample.js';

/** Why something is not known. */
export interface Trouble {
  /** One clause: `the source has no data`. */
  readonly why: string;
  /** What came is nonsense, and nothing newer is known: it cannot count as fine for a while, as a gap can. */
  readonly nonsense: boolean;
}

/** Counts of one backend that make sense, added up over one or more intervals. */
export interface Counts {
  readonly requests: number;
  readonly errors: number;
  /** `null`: the source gave none. */
  readonly histogram: Histogram | null;
  /** Why the newest interval adds nothing to the histogram. */
  readonly histogramTrouble: Trouble | null;
}

/** One interval after a look at whether it can be believed. */
export interface Reading {
  readonly startMs: number;
  readonly endMs: number;
  readonly candidate: Counts | Trouble;
  readonly baseline: Counts | Trouble;
  readonly scalars: Readonly<Record<string, number>>;
  /** The interval's place in time is nonsense: nothing of it can be used. */
  readonly clockTrouble: Trouble | null;
}

const NO_DATA: Trouble = { why: 'the source has no data', nonsense: false };
const NO_BASELINE: Trouble = { why: 'there is no data of the baseline', nonsense: false };
const NO_HISTOGRAM: Trouble = { why: 'the source gives no latency histogram', nonsense: false };
/** As far from 1970 as a `Date` may lie. */
const LATEST_MS = 8.64e15;
const NO_SCALARS: Readonly<Record<string, number>> = {};

export function isTrouble(counts: Counts | Trouble): counts is Trouble {
  return 'why' in counts;
}

/** @param knownUntilMs the end of the newest interval that was used before, `null` at first */
export function readInterval(interval: AnalysisInterval, knownUntilMs: number | null): Reading {
  const clockTrouble = troubleWithClock(interval, knownUntilMs);
  return {
    startMs: interval.startMs,
    endMs: interval.endMs,
    candidate: clockTrouble ?? readSample(interval.candidate, 'candidate'),
    baseline:
      clockTrouble ?? (interval.baseline === undefined ? NO_BASELINE : readSample(interval.baseline, 'baseline')),
    scalars: interval.scalars ?? NO_SCALARS,
    clockTrouble,
  };
}

function troubleWithClock({ startMs, endMs }: AnalysisInterval, knownUntilMs: number | null): Trouble | null {
  if (!isTime(startMs) || !isTime(endMs)) return nonsense('the interval has no times');
  if (endMs <= startMs) return nonsense('the interval ends before it begins');
  if (knownUntilMs !== null && startMs < knownUntilMs)
    return nonsense('the clock went backwards: the interval begins before the last one ended');
  return null;
}

/** Whether `ms` is a date that there is. */
function isTime(ms: number): boolean {
  return Math.abs(ms) <= LATEST_MS;
}

function readSample(sampled: Sampled, who: string): Counts | Trouble {
  if (sampled === 'no-data') return who === 'baseline' ? NO_BASELINE : NO_DATA;
  const { requests, errors } = sampled;
  if (!Number.isFinite(requests) || !Number.isFinite(errors))
    return nonsense(`the ${who}'s counts are no numbers (requests ${String(requests)}, errors ${String(errors)})`);
  if (requests < 0 || errors < 0)
    return nonsense(
      `the ${who}'s counts are negative, as after a counter reset (requests ${String(requests)}, errors ${String(errors)})`,
    );
  if (!isCountable(requests) || !isCountable(errors))
    return nonsense(
      `the ${who}'s counts are no numbers of requests (requests ${String(requests)}, errors ${String(errors)})`,
    );
  if (errors > requests)
    return nonsense(`the ${who} has more errors (${String(errors)}) than requests (${String(requests)})`);
  return withHistogram(sampled, who);
}

function withHistogram({ requests, errors, latencyHistogram }: TrafficSample, who: string): Counts {
  if (latencyHistogram === undefined) return { requests, errors, histogram: null, histogramTrouble: NO_HISTOGRAM };
  const problem = problemOfHistogram(latencyHistogram);
  if (problem !== null) return { requests, errors, histogram: null, histogramTrouble: nonsense(`${problem} (${who})`) };
  return { requests, errors, histogram: normalHistogram(latencyHistogram, requests), histogramTrouble: null };
}

function nonsense(why: string): Trouble {
  return { why, nonsense: true };
}

/** The counts of both. */
export function addCounts(sum: Counts | null, next: Counts): Counts {
  if (sum === null) return next;
  return {
    requests: sum.requests + next.requests,
    errors: sum.errors + next.errors,
    histogram:
      sum.histogram === null || next.histogram === null
        ? (sum.histogram ?? next.histogram)
        : addHistograms(sum.histogram, next.histogram),
    histogramTrouble: next.histogramTrouble,
  };
}

/** How many requests the latencies of `counts` are known of. */
export function timedRequests(counts: Counts): number {
  return counts.histogram === null ? 0 : histogramTotal(counts.histogram);
}

/** What the baseline did in intervals of the past, oldest first; what cannot be believed is left out. */
export function readHistory(intervals: readonly AnalysisInterval[]): readonly Counts[] {
  return intervals.flatMap(({ baseline }) => {
    const counts = baseline === undefined ? NO_BASELINE : readSample(baseline, 'baseline');
    return isTrouble(counts) ? [] : [counts];
  });
}
