/** A value and when it was measured, epoch milliseconds. */
export type TimedValue = readonly [atMs: number, value: number];

/** Intervals of a stage that meet, oldest first: the first begins at `startMs`, and each next one where one ends. */
export interface IntervalEnds {
  readonly startMs: number;
  readonly endsMs: readonly number[];
}

/**
 * The values that were measured in each interval, its end included and its beginning not, oldest first.
 *
 * Where a stage goes on with intervals of another length, what was measured at the ends of the old ones lies somewhere in
 * the new ones: each value in one of them.
 */
export function valuesByInterval(
  values: Iterable<TimedValue>,
  { startMs, endsMs }: IntervalEnds,
): readonly (readonly TimedValue[])[] {
  const untilMs = endsMs.at(-1) ?? startMs;
  const inOrder = [...values].filter(([atMs]) => atMs > startMs && atMs <= untilMs).sort(([a], [b]) => a - b);
  let next = 0;
  return endsMs.map((endMs) => {
    const from = next;
    for (let value = inOrder[next]; value !== undefined && value[0] <= endMs; value = inOrder[next]) next += 1;
    return inOrder.slice(from, next);
  });
}
