/** One scrape of one series. */
export interface RawSample {
  /** When it was scraped, epoch milliseconds, by Prometheus' clock. */
  readonly atMs: number;
  readonly value: number;
}

/** One series as Prometheus has stored it: every scrape, oldest first, nothing computed. */
export interface RawSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly RawSample[];
}

/** The series of one scraped process. */
export interface Target {
  /** When it was scraped, oldest first. */
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

/**
 * The answer by target.
 *
 * What counts as a scrape is what the presence series saw: it was asked for first, so whatever was scraped since, and is
 * in some of the answers only, is left for the next question.
 */
export function targetsIn({ presence, requests, errors, latency }: RawAnswer): readonly Target[] {
  const seen = groupBy(presence, targetOf);
  const [requestsBy, errorsBy, latencyBy] = [requests, errors, latency].map((series) => groupBy(series, targetOf));
  return [...seen].map(([target, series]) => ({
    scrapes: timesOf(series),
    requests: requestsBy?.get(target) ?? [],
    errors: errorsBy?.get(target) ?? [],
    latency: latencyBy?.get(target) ?? [],
  }));
}

/** Prometheus gives every target these two labels. Series without them are taken for those of one target. */
function targetOf({ labels }: RawSeries): string {
  return JSON.stringify([labels['job'], labels['instance']]);
}

function timesOf(series: readonly RawSeries[]): readonly number[] {
  const times = new Set(series.flatMap(({ samples }) => samples.map(({ atMs }) => atMs)));
  return [...times].sort((a, b) => a - b);
}

export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
