import { isLatencyMetric } from './criterion.js';
import type { Check } from './plan.js';
import type { Sampled } from './sample.js';

/** A bound on a latency that is not the edge of a bucket: between two edges nobody knows who was slower. */
export interface BoundBetweenEdges {
  /** In `checks`. */
  readonly index: number;
  readonly metric: string;
  readonly limit: 'max' | 'min';
  readonly boundMs: number;
  readonly nearestMs: number;
}

/** Whether a check asks for latencies. */
export function asksForLatencies(checks: readonly Check[]): boolean {
  return checks.some((check) => 'metric' in check && isLatencyMetric(check.metric));
}

/** Whether there was traffic, and nothing tells how long it took. */
export function lacksLatencies(samples: readonly Sampled[]): boolean {
  const served = samples.filter((sample) => sample !== 'no-data' && sample.requests > 0);
  return served.length > 0 && edgesIn(samples).length === 0;
}

/** Every bound on a latency that is beside the edges that `samples` have, with the nearest edge. */
export function boundsBetweenEdges(
  checks: readonly Check[],
  samples: readonly Sampled[],
): readonly BoundBetweenEdges[] {
  const edges = edgesIn(samples);
  if (edges.length === 0) return [];
  return checks.flatMap((check, index) => {
    if (!('metric' in check) || !isLatencyMetric(check.metric)) return [];
    const { metric } = check;
    return (['max', 'min'] as const).flatMap((limit) => {
      const boundMs = limit in check ? (check as { readonly max?: number; readonly min?: number })[limit] : undefined;
      if (boundMs === undefined || edges.includes(boundMs)) return [];
      const nearestMs = edges.reduce((best, edge) =>
        Math.abs(edge - boundMs) < Math.abs(best - boundMs) ? edge : best,
      );
      return [{ index, metric, limit, boundMs, nearestMs }];
    });
  });
}

/** In words for a person. */
export function adviceOnBound({ metric, limit, boundMs, nearestMs }: BoundBetweenEdges): string {
  return (
    `${metric}: ${limit} ${String(boundMs)}ms is not the edge of a bucket, so what lies in the same bucket decides ` +
    `nothing; the nearest edge is ${String(nearestMs)}ms`
  );
}

function edgesIn(samples: readonly Sampled[]): readonly number[] {
  const histogram = samples.flatMap((sample) => (sample === 'no-data' ? [] : [sample.latencyHistogram ?? []]));
  return histogram.find((buckets) => buckets.length > 0)?.flatMap(({ leMs }) => (leMs === null ? [] : [leMs])) ?? [];
}
