import type { RawSeries } from './raw-series.js';

/**
 * The scrapes of a process at which it is known whether some of its series were there: their own, and those without them.
 *
 * Where others went in the moment in which these came, another process has answered in the place of the first (a hot
 * restart, two that take turns at one address): it may have counted for days before, so that nobody saw it earlier says
 * nothing.
 *
 * @param own when these series were there
 * @param others when the others of the same process were there, those that belong together in one set
 */
export function scrapesKnownOf(
  scrapes: readonly number[],
  own: ReadonlySet<number>,
  others: readonly ReadonlySet<number>[],
): readonly number[] {
  const known: number[] = [];
  let without: number[] = [];
  for (const atMs of scrapes) {
    const beforeMs = without.at(-1);
    if (!own.has(atMs)) {
      without.push(atMs);
      continue;
    }
    const haveReplaced = beforeMs !== undefined && others.some((other) => other.has(beforeMs) && !other.has(atMs));
    known.push(...(haveReplaced ? [] : without), atMs);
    without = [];
  }
  return [...known, ...without];
}

/**
 * The scrapes of a process without those that showed nothing of it, where afterwards everything is there again and
 * nothing has gone down: its answer was empty or cut off, and it has counted on. A process that was started anew would
 * show less, or not everything.
 *
 * @param series all that the process shows
 */
export function withoutEmptyScrapes(scrapes: readonly number[], series: readonly RawSeries[]): readonly number[] {
  const shown = series.map(({ samples }) => new Map(samples.map(({ atMs, value }) => [atMs, value])));
  const countsOn = (beforeMs: number, atMs: number): boolean =>
    shown.every((values) => {
      const before = values.get(beforeMs);
      return before === undefined || (values.get(atMs) ?? -Infinity) >= before;
    });
  const kept: number[] = [];
  let empty: number[] = [];
  let lastMs: number | undefined;
  for (const atMs of scrapes) {
    if (!shown.some((values) => values.has(atMs))) {
      empty.push(atMs);
      continue;
    }
    const isSame = lastMs !== undefined && countsOn(lastMs, atMs);
    kept.push(...(isSame ? [] : empty), atMs);
    empty = [];
    lastMs = atMs;
  }
  return [...kept, ...empty];
}
