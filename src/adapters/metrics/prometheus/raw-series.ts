import type { Labels } from './labels.js';

/** One scrape of one series. */
export interface RawSample {
  /** When it was scraped, epoch milliseconds, by Prometheus' clock. */
  readonly atMs: number;
  readonly value: number;
}

/** One series as Prometheus has stored it: every scrape, oldest first, nothing computed. */
export interface RawSeries {
  readonly labels: Labels;
  readonly samples: readonly RawSample[];
}

/** Series that are scraped together, of one process. */
export interface Target {
  /** When it was scraped, as far as it matters for these series, oldest first. */
  readonly scrapes: readonly number[];
  readonly requests: readonly RawSeries[];
  readonly errors: readonly RawSeries[];
  readonly latency: readonly RawSeries[];
}

/** What was asked for, as it came. */
export interface RawAnswer {
  /** Series that are there whenever the backend is known, with or without requests: they tell when it was scraped. */
  readonly presence: readonly RawSeries[];
  readonly requests: readonly RawSeries[];
  readonly errors: readonly RawSeries[];
  readonly latency: readonly RawSeries[];
}

/** When they were scraped, oldest first. */
export function timesOf(series: readonly RawSeries[]): readonly number[] {
  const times = new Set(series.flatMap(({ samples }) => samples.map(({ atMs }) => atMs)));
  return [...times].sort((a, b) => a - b);
}

export function groupBy<Item>(items: readonly Item[], keyFor: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyFor(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
