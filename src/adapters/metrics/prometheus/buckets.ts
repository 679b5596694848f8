import { gainsOf, histogramOf, type Histogram } from './histograms.js';
import type { Increment } from './increments.js';
import { EDGES, keyOf } from './labels.js';
import { groupBy, type RawSeries, type Target } from './raw-series.js';

/** What the label `le` of a histogram is counted in. */
export type LatencyUnit = 's' | 'ms';

const MS_PER: Readonly<Record<LatencyUnit, number>> = { s: 1000, ms: 1 };

/** What one cumulative bucket gained, on all targets together. */
export interface Bucket {
  /** `null` is +∞. */
  readonly leMs: number | null;
  readonly increments: readonly Increment[];
}

/** A scrape whose buckets contradict each other. */
export interface Contradiction {
  readonly atMs: number;
  /** One of them. */
  readonly bucket: RawSeries;
}

/** Thrown when the histograms of the targets have no bucket in common. */
export class NoCommonBucketError extends Error {
  constructor(readonly edges: readonly string[]) {
    super('the histograms have no bucket in common');
    this.name = 'NoCommonBucketError';
  }
}

/**
 * The buckets that every histogram has, smallest first: a cumulative count is exact only where all count it.
 *
 * @throws NoCommonBucketError when no finite one is left.
 */
export function bucketsOf(
  targets: readonly Target[],
  unit: LatencyUnit,
): { readonly buckets: readonly Bucket[]; readonly contradictions: readonly Contradiction[] } {
  const histograms = targets.flatMap(({ latency, scrapes }) =>
    [...groupBy(latency, withoutEdge).values()].map((series) => ({ histogram: histogramOf(series), scrapes })),
  );
  if (histograms.length === 0) return { buckets: [], contradictions: [] };
  const edges = commonEdges(histograms.map(({ histogram }) => histogram));
  const gained = new Map<number, Increment[]>(edges.map((edge) => [edge, []]));
  const contradictions: Contradiction[] = [];
  for (const { histogram, scrapes } of histograms) {
    const { perEdge, contradictions: found } = gainsOf(histogram, edges, scrapes);
    for (const [edge, increments] of perEdge) gained.get(edge)?.push(...increments);
    const [bucket] = histogram.values();
    if (bucket !== undefined) contradictions.push(...found.map((atMs) => ({ atMs, bucket })));
  }
  const buckets = [...gained].map(([edge, increments]) => ({ leMs: inMs(edge, unit), increments }));
  return { buckets, contradictions };
}

function commonEdges(histograms: readonly Histogram[]): readonly number[] {
  const [first, ...others] = histograms;
  const common = [...(first?.keys() ?? [])].filter(
    (edge) => edge > 0 && others.every((histogram) => histogram.has(edge)),
  );
  if (common.some(Number.isFinite)) return common;
  throw new NoCommonBucketError(histograms.map((histogram) => [...histogram.keys()].join(', ')));
}

function withoutEdge({ labels }: RawSeries): string {
  return keyOf(labels, EDGES);
}

function inMs(edge: number, unit: LatencyUnit): number | null {
  return edge === Infinity ? null : Number((edge * MS_PER[unit]).toPrecision(12));
}
