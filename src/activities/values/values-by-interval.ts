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

/** How many intervals have no value, where each value stands for so much time before it and for its own interval. */
export function intervalsWithout(values: Iterable<TimedValue>, intervals: IntervalEnds, coversMs: number): number {
  let coveredFromMs = Infinity;
  return valuesByInterval(values, intervals).reduceRight((missing, own, index) => {
    const endMs = intervals.endsMs[index] ?? -Infinity;
    const isCovered = own.length > 0 || coveredFromMs < endMs;
    const [oldest] = own;
    if (oldest !== undefined) coveredFromMs = oldest[0] - coversMs;
    return isCovered ? missing : missing + 1;
  }, 0);
}
