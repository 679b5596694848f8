import { scrapesKnownOf, withoutEmptyScrapes } from './absence.js';
import { agree, keyOf, type Labels } from './labels.js';
import { groupBy, timesOf, type RawAnswer, type RawSeries, type Target } from './raw-series.js';

/**
 * The answer by process.
 *
 * Several may be scraped as one job and instance, at the same time or one after the other: what else their presence
 * series are told apart by tells them apart. That a series was not there can only be said of scrapes of its own process.
 * Of a series that may be of several only its own scrapes are known: the first one is a place to start from.
 *
 * What counts as a scrape is what the presence series saw: it was asked for first, so whatever was scraped since, and is
 * in some of the answers only, is left for the next question.
 *
 * @param within labels by which one process tells its own series apart
 */
export function targetsIn(
  { presence, requests, errors, latency, unanswered = [] }: RawAnswer,
  within: ReadonlySet<string>,
): readonly Target[] {
  const counters = [...requests, ...errors, ...latency, ...unanswered];
  const processes = processesIn(presence, within, counters);
  const keyFor = (series: RawSeries): string =>
    JSON.stringify([homeAmong(processes, series, within)?.key, keyOf(series.labels, within)]);
  const [requestsBy, errorsBy, latencyBy, unansweredBy] = [requests, errors, latency, unanswered].map((series) =>
    groupBy(series, keyFor),
  );
  const groups = [...groupBy(counters, keyFor)].map(([key, series]): Group => {
    const home = series[0] === undefined ? null : homeAmong(processes, series[0], within);
    return { key, home, labels: series[0]?.labels ?? {}, times: new Set(timesOf(series)) };
  });
  return [
    // Also of a process that has not counted anything it is known when it was scraped.
    ...processes.map(({ scrapes }) => ({ scrapes, requests: [], errors: [], latency: [] })),
    ...groups.map((group) => ({
      scrapes: scrapesOf(group, groups, processes),
      requests: requestsBy?.get(group.key) ?? [],
      errors: errorsBy?.get(group.key) ?? [],
      latency: latencyBy?.get(group.key) ?? [],
      unanswered: unansweredBy?.get(group.key) ?? [],
    })),
  ];
}

/** All counters by the process that shows them; what may be of several is taken for a process of its own. */
export function countersByProcess(
  { presence, requests, errors, latency, unanswered = [] }: RawAnswer,
  within: ReadonlySet<string>,
): ReadonlyMap<string, readonly RawSeries[]> {
  const counters = [...requests, ...errors, ...latency, ...unanswered];
  const processes = processesIn(presence, within, counters);
  return groupBy(
    [...new Map(counters.map((series) => [keyOf(series.labels, NOTHING), series])).values()],
    (series) => homeAmong(processes, series, within)?.key ?? keyOf(series.labels, within),
  );
}

const NOTHING: ReadonlySet<string> = new Set();

interface Process {
  readonly key: string;
  readonly labels: Labels;
  readonly scrapes: readonly number[];
}

/** Series that nothing but what they count tells apart. */
interface Group {
  readonly key: string;
  /** `null` where it cannot be told. */
  readonly home: Process | null;
  readonly labels: Labels;
  readonly times: ReadonlySet<number>;
}

function processesIn(
  presence: readonly RawSeries[],
  within: ReadonlySet<string>,
  counters: readonly RawSeries[],
): readonly Process[] {
  const all = [...groupBy(presence, ({ labels }) => keyOf(labels, within))].map(([key, series]): Process => ({
    key,
    labels: series[0]?.labels ?? {},
    scrapes: timesOf(series),
  }));
  const homes = groupBy(counters, (series) => homeAmong(all, series, within)?.key ?? '');
  return all.map((process) => ({
    ...process,
    scrapes: withoutEmptyScrapes(process.scrapes, homes.get(process.key) ?? []),
  }));
}

/** The one process that a series must be of; `null` where several may be meant, or none. */
function homeAmong(processes: readonly Process[], { labels }: RawSeries, within: ReadonlySet<string>): Process | null {
  const own = keyOf(labels, within);
  const same = processes.find(({ key }) => key === own);
  if (same !== undefined) return same;
  const [only, ...others] = processes.filter((process) => agree(process.labels, labels, within));
  return only === undefined || others.length > 0 ? null : only;
}

function scrapesOf(
  { key, home, labels, times }: Group,
  groups: readonly Group[],
  processes: readonly Process[],
): readonly number[] {
  if (home !== null) {
    const others = groups.filter((group) => group.home === home && group.key !== key);
    return scrapesKnownOf(
      home.scrapes,
      times,
      others.map((group) => group.times),
    );
  }
  const seen = new Set(
    processes.filter((process) => isOfOneTarget(process.labels, labels)).flatMap(({ scrapes }) => scrapes),
  );
  return [...times].filter((atMs) => seen.has(atMs));
}

/** Prometheus gives every target these two labels. Series without them are taken for those of one target. */
function isOfOneTarget(one: Labels, other: Labels): boolean {
  return one['job'] === other['job'] && one['instance'] === other['instance'];
}
