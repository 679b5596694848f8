import type { MetricSource } from '../../ports/metric-source.js';

/** Values of one query at the ends of intervals, epoch milliseconds; `null` where the source has none. */
export type ValuesOfQuery = Map<number, number | null>;

/** Rollouts that are remembered; what belongs to one that is forgotten is asked for once more. */
const ROLLOUTS = 1000;

/** Values of one query that are remembered: a day and a half of one every five seconds. */
const VALUES_PER_QUERY = 25_000;

/** What sources have said to one worker, to the watch of a rollout or to its judge. */
export class KnownValues {
  private readonly sources = new WeakMap<MetricSource, Map<string, Map<string, ValuesOfQuery>>>();

  of(source: MetricSource, rolloutId: string, query: string): ValuesOfQuery {
    const rollouts = this.sources.get(source) ?? new Map<string, Map<string, ValuesOfQuery>>();
    this.sources.set(source, rollouts);
    const queries = rollouts.get(rolloutId) ?? new Map<string, ValuesOfQuery>();
    // The one that was asked for last is forgotten last.
    rollouts.delete(rolloutId);
    rollouts.set(rolloutId, queries);
    dropOldest(rollouts, ROLLOUTS);
    const values = queries.get(query) ?? new Map<number, number | null>();
    queries.set(query, values);
    dropOldest(values, VALUES_PER_QUERY);
    return values;
  }
}

/** Values of earlier stages are asked for no more. */
export function forgetUntil(values: ValuesOfQuery, atMs: number): void {
  for (const endMs of values.keys()) if (endMs <= atMs) values.delete(endMs);
}

function dropOldest<Key>(map: Map<Key, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
