import { LONGEST_GAP_MS } from './defaults.js';
import { incrementsOf, type Increment } from './increments.js';
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
export function bucketsOf(targets: readonly Target[], unit: LatencyUnit): readonly Bucket[] {
  const histograms = targets.flatMap(({ latency, scrapes }) =>
    [...groupBy(latency, withoutEdge).values()].map((series) => ({ series, scrapes })),
  );
  if (histograms.length === 0) return [];
  const edgesOf = histograms.map(({ series }) => new Set(series.map(edgeOf)));
  const common = [...(edgesOf[0] ?? [])].filter((edge) => edge > 0 && edgesOf.every((edges) => edges.has(edge)));
  if (!common.some(Number.isFinite)) {
    throw new NoCommonBucketError(edgesOf.map((edges) => [...edges].sort((a, b) => a - b).join(', ')));
  }
  const gained = new Map<number, Increment[]>(common.sort((a, b) => a - b).map((edge) => [edge, []]));
  for (const { series, scrapes } of histograms) {
    const shown = series.filter((one) => gained.has(edgeOf(one))).sort((a, b) => edgeOf(a) - edgeOf(b));
    incrementsOf(shown, scrapes, LONGEST_GAP_MS).forEach((increments, index) => {
      const one = shown[index];
      if (one !== undefined) gained.get(edgeOf(one))?.push(...increments);
    });
  }
  return [...gained].map(([edge, increments]) => ({ leMs: inMs(edge, unit), increments }));
}

function withoutEdge({ labels }: RawSeries): string {
  return keyOf(labels, EDGES);
}

/** Clients write the same edge in many ways: `1`, `1.0`, `1e+00`. */
function edgeOf({ labels: { le = '' } }: RawSeries): number {
  if (le === '+Inf') return Infinity;
  return le === '' ? NaN : Number(le);
}

function inMs(edge: number, unit: LatencyUnit): number | null {
  return edge === Infinity ? null : Number((edge * MS_PER[unit]).toPrecision(12));
}
