import type { ObservationLine, ReadingLine } from '../../domain/observations/line.js';
import type { StageView } from '../contracts.js';
import type { KeptValues } from './measured-values.js';

/** The values that were observed in this stage, by whichever worker: of each interval the one that was measured first. */
export function valuesIn(lines: readonly ObservationLine[], { rolloutId, stage, startedAtMs }: StageView): KeptValues {
  const isOfStage = (line: ReadingLine): boolean =>
    line.rolloutId === rolloutId && line.stage === stage && line.startedAtMs === startedAtMs;
  const readings = new Set(lines.flatMap((line) => (line.kind === 'reading' && isOfStage(line) ? [line.reading] : [])));
  const values = new Map<string, Map<number, number>>();
  for (const line of lines) {
    if (line.kind !== 'interval' || !readings.has(line.reading) || line.part === true) continue;
    for (const [name, value] of Object.entries(line.scalars ?? {})) {
      const known = values.get(name) ?? new Map<number, number>();
      values.set(name, known);
      if (!known.has(line.endMs)) known.set(line.endMs, value);
    }
  }
  return Object.fromEntries([...values].map(([name, known]) => [name, [...known].sort(([a], [b]) => a - b)]));
}
