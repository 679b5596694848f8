import type { RawSample, RawSeries } from './raw-series.js';

/** What a counter gained from the scrape before to this one. It belongs to the moment of this scrape, as a whole. */
export interface Increment {
  readonly atMs: number;
  readonly count: number;
}

/**
 * What counters gained, scrape by scrape of their process.
 *
 * - A counter that went down has restarted: what it shows now is what it gained. Those of one histogram restart together.
 * - A counter that was never seen before, at a scrape of its process, counts from 0: the process was there, and had not
 *   counted anything. Prometheus' own `increase()` leaves that first value out; where every backend's first requests make
 *   a new series, that would lose them.
 * - A counter that is missing in a scrape and was there before is compared with what it showed last: an answer that was cut
 *   off made nothing undone. Of a histogram then nothing is counted, for the buckets that are there say too much without it.
 * - The first scrape of a process, and one that comes more than `longestGapMs` after the last, is a place to start from:
 *   nobody knows when what it shows was counted.
 *
 * Each increment follows from the scrapes of the last `longestGapMs` alone, so that it does not depend on the range that
 * was asked for.
 *
 * @param restarts when other counters of the process went down: what is missing then has gone down with them
 */
export function incrementsOf(
  together: readonly RawSeries[],
  scrapes: readonly number[],
  longestGapMs: number,
  restarts: ReadonlySet<number> = new Set(),
): readonly (readonly Increment[])[] {
  const counters = together.map(({ samples }) => new Counter(samples, longestGapMs));
  const gained = together.map((): Increment[] => []);
  scrapes.forEach((atMs, index) => {
    const beforeMs = scrapes[index - 1] ?? -Infinity;
    const restarted = counters.some((counter) => counter.wentDown(atMs));
    if (restarted || restarts.has(atMs)) for (const counter of counters) counter.forgetUnlessAt(beforeMs, atMs);
    if (counters.some((counter) => counter.isMissing(atMs))) {
      for (const counter of counters) counter.see(atMs);
      return;
    }
    counters.forEach((counter, series) => {
      const count = restarted ? counter.at(atMs) : counter.gainAt(atMs);
      if (count > 0 && atMs - beforeMs <= longestGapMs) gained[series]?.push({ atMs, count });
      counter.count(atMs);
    });
  });
  return gained;
}

/** When a counter went down: since then it counts anew. */
export function restartsOf(series: readonly RawSeries[]): ReadonlySet<number> {
  return new Set(
    series.flatMap(({ samples }) =>
      samples.flatMap(({ atMs, value }, index) => (value < (samples[index - 1]?.value ?? 0) ? [atMs] : [])),
    ),
  );
}

/** One counter, and how much of it has been counted. */
class Counter {
  private readonly values: ReadonlyMap<number, number>;
  private counted: RawSample | null = null;
  /** As `counted`, what was left out included. */
  private seen: RawSample | null = null;

  constructor(
    samples: readonly RawSample[],
    private readonly longestGapMs: number,
  ) {
    this.values = new Map(samples.map(({ atMs, value }) => [atMs, value]));
  }

  at(atMs: number): number {
    return this.values.get(atMs) ?? 0;
  }

  gainAt(atMs: number): number {
    return this.values.has(atMs) ? this.at(atMs) - (this.countedBefore(atMs) ?? 0) : 0;
  }

  wentDown(atMs: number): boolean {
    return this.gainAt(atMs) < 0;
  }

  /** It was there, and a scrape that should show it does not. */
  isMissing(atMs: number): boolean {
    return !this.values.has(atMs) && this.countedBefore(atMs) !== null;
  }

  see(atMs: number): void {
    if (this.values.has(atMs)) this.seen = { atMs, value: this.at(atMs) };
  }

  count(atMs: number): void {
    this.see(atMs);
    this.counted = this.seen;
  }

  forgetUnlessAt(...timesMs: readonly number[]): void {
    if (!timesMs.every((atMs) => this.values.has(atMs))) this.counted = this.seen = null;
  }

  private countedBefore(atMs: number): number | null {
    const isRecent = (sample: RawSample | null): boolean => sample !== null && atMs - sample.atMs <= this.longestGapMs;
    // Buckets that wait in vain for one of them are counted on from where they are.
    return (isRecent(this.counted) ? this.counted : isRecent(this.seen) ? this.seen : null)?.value ?? null;
  }
}
