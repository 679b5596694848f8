import type { IntervalLine, ObservationLine, ReadingLine } from '../../domain/observations/line.js';
import type { StageView } from '../contracts.js';
import type { KeptValues } from './measured-values.js';
import type { TimedValue } from './values-by-interval.js';

/**
 * The values that were observed in this stage, by whichever worker: of each interval the one that was measured first.
 *
 * A reading with intervals of another length has written earlier values down once more, at the ends of its own intervals.
 * They are left out: one value would be counted twice by whoever reads the stage with yet other intervals.
 */
export function valuesIn(
  lines: readonly ObservationLine[],
  { rolloutId, stage, startedAtMs }: Pick<StageView, 'rolloutId' | 'stage' | 'startedAtMs'>,
): KeptValues {
  const isOfStage = (line: ReadingLine): boolean =>
    line.rolloutId === rolloutId && line.stage === stage && line.startedAtMs === startedAtMs;
  const readings = new Map(
    lines.flatMap((line) => (line.kind === 'reading' && isOfStage(line) ? [[line.reading, line.stepMs] as const] : [])),
  );
  const shortestMs = Math.max(
    1,
    [...readings.values()].reduce((least, stepMs) => Math.min(least, stepMs), Infinity),
  );
  const values = new Map<string, ObservedValues>();
  for (const line of lines) {
    if (line.kind !== 'interval' || !readings.has(line.reading) || line.part === true) continue;
    for (const [name, value] of Object.entries(line.scalars ?? {})) {
      const observed = values.get(name) ?? new ObservedValues(shortestMs);
      values.set(name, observed);
      observed.add(line, value);
    }
  }
  return Object.fromEntries([...values].map(([name, observed]) => [name, observed.inOrder]));
}

/** The values of one scalar, found by their time without a look at all of them. */
class ObservedValues {
  private readonly byTime = new Map<number, number>();
  private readonly bySlot = new Map<number, TimedValue[]>();

  constructor(private readonly slotMs: number) {}

  get inOrder(): readonly TimedValue[] {
    return [...this.byTime].sort(([a], [b]) => a - b);
  }

  add(interval: IntervalLine, value: number): void {
    const { endMs } = interval;
    if (this.byTime.has(endMs) || this.isCopy(interval, value)) return;
    this.byTime.set(endMs, value);
    const slot = this.slotOf(endMs);
    this.bySlot.set(slot, [...(this.bySlot.get(slot) ?? []), [endMs, value]]);
  }

  /** Whether the value was known before, of another moment in the same interval. */
  private isCopy({ startMs, endMs }: IntervalLine, value: number): boolean {
    for (let slot = this.slotOf(startMs); slot <= this.slotOf(endMs); slot += 1)
      if (this.bySlot.get(slot)?.some(([atMs, known]) => atMs > startMs && atMs <= endMs && known === value))
        return true;
    return false;
  }

  private slotOf(atMs: number): number {
    return Math.floor(atMs / this.slotMs);
  }
}
