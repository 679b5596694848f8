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
  readonly unanswered?: readonly RawSeries[];
}

/** What was asked for, as it came. */
export interface RawAnswer {
  /** Series that are there whenever the backend is known, with or without requests: they tell when it was scraped. */
  readonly presence: readonly RawSeries[];
  readonly requests: readonly RawSeries[];
  readonly errors: readonly RawSeries[];
  readonly latency: readonly RawSeries[];
  readonly unanswered?: readonly RawSeries[];
}

/** Series that Prometheus itself writes at every attempt to scrape, also at one that failed: then they are 0. */
const WRITTEN_AT_EVERY_ATTEMPT: ReadonlySet<string> = new Set([
  'up',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
]);

/** When they were scraped, oldest first; an attempt that failed is no scrape. */
export function timesOf(series: readonly RawSeries[]): readonly number[] {
  const times = new Set(series.flatMap((one) => scrapesIn(one).map(({ atMs }) => atMs)));
  return [...times].sort((a, b) => a - b);
}

function scrapesIn({ labels, samples }: RawSeries): readonly RawSample[] {
  const tellsFailures = WRITTEN_AT_EVERY_ATTEMPT.has(labels['__name__'] ?? '');
  return tellsFailures ? samples.filter(({ value }) => value > 0) : samples;
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

/**
 * The labels, besides those in `within`, by which series of one target differ. Each combination of their values is taken
 * for a process of its own, so a new one begins with its second scrape.
 */
export function labelsOfCombinations(series: readonly RawSeries[], within: ReadonlySet<string>): readonly string[] {
  const targets = [...groupBy(series, ({ labels }) => JSON.stringify([labels['job'], labels['instance']])).values()];
  const names = new Set(series.flatMap(({ labels }) => Object.keys(labels)));
  return [...names].filter((name) => !within.has(name) && targets.some((target) => differ(target, name))).sort();
}

function differ(series: readonly { readonly labels: Labels }[], name: string): boolean {
  return new Set(series.map(({ labels }) => labels[name])).size > 1;
}
