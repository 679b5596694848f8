import { MOST_BUCKETS } from './defaults.js';
import { formatCount } from './format.js';
import type { LatencyBucket } from './sample.js';

/** Counts are whole numbers, or fractions where a source estimates; less than this is an artefact of floating point. */
const LEAST_COUNT = 1e-6;

/** Whether `count` is a number of requests that can be reckoned with: none, or neither lost in rounding nor too large. */
export function isCountable(count: number): boolean {
  return count === 0 || (count >= LEAST_COUNT && count <= Number.MAX_SAFE_INTEGER);
}

/** Cumulative, ends with the bucket of everything (`leMs: null`): what {@link normalHistogram} gives. */
export type Histogram = readonly LatencyBucket[];

/** How many requests a histogram has seen. */
export function histogramTotal(histogram: Histogram): number {
  return histogram.at(-1)?.count ?? 0;
}

/** What is wrong with a histogram, in a few words; `null` when it can be used. */
export function problemOfHistogram(histogram: Histogram): string | null {
  if (histogram.length > MOST_BUCKETS)
    return `there are ${formatCount(histogram.length)} latency buckets, and at most ${String(MOST_BUCKETS)} can be kept`;
  let edge = -Infinity;
  let count = 0;
  for (const bucket of histogram) {
    const upper = bucket.leMs ?? Infinity;
    if (!(upper > edge)) return 'the latency buckets do not rise';
    if (upper < 0) return 'a latency bucket ends below zero';
    if (upper > Number.MAX_SAFE_INTEGER && upper !== Infinity) return `a latency bucket ends at ${String(upper)} ms`;
    if (!isCountable(bucket.count)) return `a latency bucket counts ${String(bucket.count)} requests`;
    if (bucket.count < count) return 'the latency buckets are not cumulative';
    edge = upper;
    count = bucket.count;
  }
  return histogram.length === 0 ? 'the latency histogram is empty' : null;
}

/** `histogram` with the bucket of everything at its end, which some sources leave out. */
export function normalHistogram(histogram: Histogram, requests: number): Histogram {
  const last = histogram.at(-1);
  if (last === undefined || last.leMs === null) return histogram;
  if (last.leMs === Infinity) return [...histogram.slice(0, -1), { leMs: null, count: last.count }];
  return [...histogram, { leMs: null, count: Math.max(requests, last.count) }];
}

/** The sum of two histograms, on the edges that both have: there a cumulative count is exact. */
export function addHistograms(a: Histogram, b: Histogram): Histogram {
  if (haveSameEdges(a, b))
    return a.map((bucket, index) => ({ leMs: bucket.leMs, count: bucket.count + (b[index]?.count ?? 0) }));
  const counts = new Map(b.map((bucket) => [bucket.leMs, bucket.count]));
  return a.flatMap(({ leMs, count }) => {
    const other = counts.get(leMs);
    return other === undefined ? [] : [{ leMs, count: count + other }];
  });
}

/** Every count times `factor`. */
export function scaleHistogram(histogram: Histogram, factor: number): Histogram {
  return histogram.map(({ leMs, count }) => ({ leMs, count: count * factor }));
}

function haveSameEdges(a: Histogram, b: Histogram): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index]?.leMs !== b[index]?.leMs) return false;
  return true;
}

/** How many requests were slower than a bound, as far as buckets can tell. */
export interface SlowerCount {
  /** Those in buckets wholly above the bound. */
  readonly surely: number;
  /** Those in every bucket that is not wholly below it. */
  readonly possibly: number;
}

/** The two are equal where the bound is the edge of a bucket; otherwise the truth lies between them. */
export function countSlower(histogram: Histogram, boundMs: number): SlowerCount {
  const total = histogramTotal(histogram);
  let below = 0;
  for (const { leMs, count } of histogram) {
    if (leMs === null) break;
    if (leMs >= boundMs) return { surely: total - count, possibly: total - (leMs === boundMs ? count : below) };
    below = count;
  }
  return { surely: 0, possibly: total - below };
}

/**
 * The latency that the share `quantile` of requests does not exceed, read off by straight lines inside buckets.
 *
 * For display only: no verdict rests on it. In the bucket without an end it is the last edge; `null` without requests.
 */
export function quantileForDisplay(histogram: Histogram, quantile: number): number | null {
  const total = histogramTotal(histogram);
  if (!(total > 0)) return null;
  const rank = quantile * total;
  let lowerMs = 0;
  let below = 0;
  for (const { leMs, count } of histogram) {
    if (leMs === null) return lowerMs;
    if (count >= rank && count > below)
      return lowerMs + ((leMs - lowerMs) * Math.max(0, rank - below)) / (count - below);
    lowerMs = leMs;
    below = count;
  }
  return lowerMs;
}
