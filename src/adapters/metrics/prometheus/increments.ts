import type { RawSeries } from './raw-series.js';

/** What a counter gained from the scrape before to this one. It belongs to the moment of this scrape, as a whole. */
export interface Increment {
  readonly atMs: number;
  readonly count: number;
}

/**
 * What counters gained, scrape by scrape of their process.
 *
 * - A counter that went down has restarted: what it shows now is what it gained. Those of one histogram restart together.
 * - A counter that was missing in the scrape before counts from 0: its process was there, and had not counted anything.
 *   Prometheus' own `increase()` leaves that first value out; where every backend's first requests make a new series,
 *   that would lose them.
 * - The first scrape of a process, and one that comes more than `longestGapMs` after the last, is a place to start from:
 *   nobody knows when what it shows was counted.
 *
 * Each increment follows from two neighbouring scrapes alone, so that it does not depend on the range that was asked for.
 */
export function incrementsOf(
  together: readonly RawSeries[],
  scrapes: readonly number[],
  longestGapMs: number,
): readonly (readonly Increment[])[] {
  const values = together.map(({ samples }) => new Map(samples.map(({ atMs, value }) => [atMs, value])));
  const gained = together.map((): Increment[] => []);
  for (let index = 1; index < scrapes.length; index += 1) {
    const [beforeMs = 0, atMs = 0] = [scrapes[index - 1], scrapes[index]];
    if (atMs - beforeMs > longestGapMs) continue;
    const shown = values.map((value) => value.get(atMs));
    const differences = shown.map((now, series) => (now ?? NaN) - (values[series]?.get(beforeMs) ?? 0));
    const restarted = differences.some((difference) => difference < 0);
    shown.forEach((now, series) => {
      const count = restarted ? now : differences[series];
      if (now !== undefined && count !== undefined && count > 0) gained[series]?.push({ atMs, count });
    });
  }
  return gained;
}
