import { LARGEST_SKEW, LONGEST_GAP_MS } from './defaults.js';
import { incrementsOf, restartsOf, type Increment } from './increments.js';
import type { Labels } from './labels.js';
import type { RawSample, RawSeries } from './raw-series.js';

/** One histogram of one process: what each bucket has counted, smallest first. */
export type Histogram = ReadonlyMap<number, RawSeries>;

/** What the buckets of one histogram gained. */
export interface HistogramGains {
  readonly perEdge: ReadonlyMap<number, readonly Increment[]>;
  /** When buckets contradicted each other. Of such a scrape nothing is counted. */
  readonly contradictions: readonly number[];
}

/** The edges of a double differ by their spelling and their last digit, and mean the same. */
const EDGE_DIGITS = 12;

/** Clients write the same edge in many ways: `1`, `1.0`, `1e+00`, `+Inf`, `inf`. */
function edgeOf({ le = '' }: Labels): number {
  if (/^\+?inf(inity)?$/i.test(le)) return Infinity;
  return le.trim() === '' ? NaN : Number(Number(le).toPrecision(EDGE_DIGITS));
}

/** A bucket is one counter, however its edge is written: also where that changes, as with an upgrade of Prometheus. */
export function histogramOf(series: readonly RawSeries[]): Histogram {
  const buckets = new Map<number, RawSeries>();
  for (const one of series) {
    const edge = edgeOf(one.labels);
    const known = buckets.get(edge);
    buckets.set(edge, known === undefined ? one : { labels: one.labels, samples: joined(known.samples, one.samples) });
  }
  return new Map([...buckets].sort(([a], [b]) => a - b));
}

function joined(one: readonly RawSample[], other: readonly RawSample[]): readonly RawSample[] {
  const values = new Map(one.map(({ atMs, value }) => [atMs, value]));
  for (const { atMs, value } of other) values.set(atMs, Math.max(value, values.get(atMs) ?? 0));
  return [...values].map(([atMs, value]) => ({ atMs, value })).sort((a, b) => a.atMs - b.atMs);
}

/**
 * What the buckets at `edges` gained, scrape by scrape. A bucket includes every smaller one, so it cannot gain less; but
 * a scrape is not one moment: a request that ends meanwhile may be in a bucket and not yet in the next one. Then it is
 * left to the next scrape. More than a few such requests are no accident: the buckets contradict each other.
 */
export function gainsOf(histogram: Histogram, edges: readonly number[], scrapes: readonly number[]): HistogramGains {
  const shown = edges.flatMap((edge) => histogram.get(edge) ?? []);
  const gained = incrementsOf(shown, scrapes, LONGEST_GAP_MS).map(
    (increments) => new Map(increments.map(({ atMs, count }) => [atMs, count])),
  );
  const restarts = restartsOf(shown);
  const perEdge = new Map(edges.map((edge): [number, Increment[]] => [edge, []]));
  const contradictions: number[] = [];
  let early = edges.map(() => 0);
  for (const atMs of scrapes) {
    if (restarts.has(atMs)) early = edges.map(() => 0);
    const counts = gained.map((increments, index) => (increments.get(atMs) ?? 0) + (early[index] ?? 0));
    const told = withinLarger(counts);
    early = counts.map((count, index) => count - (told[index] ?? 0));
    const all = told.at(-1) ?? 0;
    if (early.some((count) => count > Math.max(LARGEST_SKEW.requests, LARGEST_SKEW.share * all))) {
      contradictions.push(atMs);
      early = edges.map(() => 0);
      continue;
    }
    edges.forEach((edge, index) => {
      const count = told[index] ?? 0;
      if (count > 0) perEdge.get(edge)?.push({ atMs, count });
    });
  }
  return { perEdge, contradictions };
}

/** Each count, or the smallest of those that include it. */
function withinLarger(counts: readonly number[]): readonly number[] {
  let least = Infinity;
  return counts
    .toReversed()
    .map((count) => (least = Math.min(least, count)))
    .toReversed();
}
