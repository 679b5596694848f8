import {
  addHistograms,
  histogramTotal,
  isCountable,
  normalHistogram,
  problemOfHistogram,
  type Histogram,
} from './histogram.js';
import type { AnalysisInterval, Sampled, TrafficSample } from './sample.js';
import { lateAfter, tooFewTimed, tooManyTimed, type Late } from './timing.js';

/** Why something is not known. */
export interface Trouble {
  /** One clause: `the source has no data`. */
  readonly why: string;
  /** What came is nonsense, and nothing newer is known: it cannot count as fine for a while, as a gap can. */
  readonly nonsense: boolean;
}

/** Counts of one backend that make sense, added up over one or more intervals. */
export interface Counts {
  /** Those that were answered. */
  readonly requests: number;
  readonly errors: number;
  /** Those that nobody answered, besides. @default 0 */
  readonly unanswered?: number;
  /** `null`: the source gave none. */
  readonly histogram: Histogram | null;
  /** Why nothing follows from the latencies of the newest interval. */
  readonly histogramTrouble: Trouble | null;
  /** Of a stage: requests whose latencies may still come. Absent where there are none. */
  readonly late?: Late;
}

/** One interval after a look at whether it can be believed. */
export interface Reading {
  readonly startMs: number;
  readonly endMs: number;
  readonly candidate: Counts | Trouble;
  readonly baseline: Counts | Trouble;
  readonly scalars: Readonly<Record<string, number>>;
  /** Named metrics were not measured in it. */
  readonly isPart: boolean;
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

/** What was read before. */
export interface ReadBefore {
  /** The end of the newest interval that was used, `null` at first. */
  readonly untilMs: number | null;
  readonly stage: { readonly candidate: Counts | null; readonly baseline: Counts | null };
}

export function readInterval(interval: AnalysisInterval, { untilMs: knownUntilMs, stage }: ReadBefore): Reading {
  const clockTrouble = troubleWithClock(interval, knownUntilMs);
  return {
    startMs: interval.startMs,
    endMs: interval.endMs,
    candidate: clockTrouble ?? readSample(interval.candidate, 'candidate', stage.candidate),
    baseline: clockTrouble ?? readSample(interval.baseline ?? 'no-data', 'baseline', stage.baseline),
    scalars: interval.scalars ?? NO_SCALARS,
    isPart: interval.part === true,
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

function readSample(sampled: Sampled, who: string, before: Counts | null): Counts | Trouble {
  if (sampled === 'no-data') return who === 'baseline' ? NO_BASELINE : NO_DATA;
  const { requests, errors, unanswered = 0 } = sampled;
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
  if (!isCountable(unanswered) || unanswered > requests)
    return nonsense(
      `the ${who} has more unanswered requests (${String(unanswered)}) than requests (${String(requests)})`,
    );
  if (errors > requests - unanswered)
    return nonsense(
      `the ${who} has more errors (${String(errors)}) than answered requests (${String(requests - unanswered)})`,
    );
  const counts = withHistogram({ ...sampled, requests: requests - unanswered }, who, before);
  return unanswered > 0 ? { ...counts, unanswered } : counts;
}

function withHistogram(
  { requests, errors, latencyHistogram }: TrafficSample,
  who: string,
  before: Counts | null,
): Counts {
  if (latencyHistogram === undefined) return { requests, errors, histogram: null, histogramTrouble: NO_HISTOGRAM };
  const problem =
    problemOfHistogram(latencyHistogram) ?? tooManyTimed(histogramTotal(latencyHistogram), requests, before?.late);
  if (problem !== null) return { requests, errors, histogram: null, histogramTrouble: nonsense(`${problem} (${who})`) };
  const histogram = normalHistogram(latencyHistogram, requests);
  const counts: Counts = { requests, errors, histogram, histogramTrouble: null };
  const untimed = untimedIn(addCounts(before, counts));
  // The stage remembers the latencies all the same: when more have come, they say something.
  return untimed === null ? counts : { ...counts, histogramTrouble: { why: `${untimed} (${who})`, nonsense: false } };
}

/** Why the latencies of a whole stage say nothing about it; `null` when they do. */
export function untimedIn(counts: Counts): string | null {
  return counts.histogram === null ? null : tooFewTimed(timedRequests(counts), counts.requests);
}

function nonsense(why: string): Trouble {
  return { why, nonsense: true };
}

/** The counts of both. */
export function addCounts(sum: Counts | null, next: Counts): Counts {
  if (sum === null) return next;
  const unanswered = (sum.unanswered ?? 0) + (next.unanswered ?? 0);
  return {
    requests: sum.requests + next.requests,
    errors: sum.errors + next.errors,
    ...(unanswered > 0 ? { unanswered } : {}),
    histogram:
      sum.histogram === null || next.histogram === null
        ? (sum.histogram ?? next.histogram)
        : addHistograms(sum.histogram, next.histogram),
    histogramTrouble: next.histogramTrouble,
  };
}

/** What a stage has come to after one more interval. */
export function addInterval(stage: Counts | null, next: Counts): Counts {
  const { late: before, ...sum } = addCounts(stage, next);
  const late = lateAfter(stage === null ? before : stage.late, next.requests, timedRequests(next));
  return late.older + late.newest > 0 ? { ...sum, late } : sum;
}

/** How many requests the latencies of `counts` are known of. */
export function timedRequests(counts: Counts): number {
  return counts.histogram === null ? 0 : histogramTotal(counts.histogram);
}

/** What the baseline did in intervals of the past, oldest first; what cannot be believed is left out. */
export function readHistory(intervals: readonly AnalysisInterval[]): readonly Counts[] {
  let before: Counts | null = null;
  const history: Counts[] = [];
  for (const { baseline = 'no-data' } of intervals) {
    const counts = readSample(baseline, 'baseline', before);
    if (isTrouble(counts)) continue;
    before = addInterval(before, counts);
    history.push(counts);
  }
  return history;
}
