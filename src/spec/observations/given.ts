import { OBSERVATIONS_VERSION, type ObservationLine, type ReadingLine } from '../../domain/observations/line.js';
import type { WrittenLine } from './schema.js';

type Interval = Extract<WrittenLine, { kind: 'interval' }>;

/** The lines of a file; intervals that belong to no reading make one per stage, in the order in which they stand. */
export function linesGiven(written: readonly WrittenLine[], name: string): readonly ObservationLine[] {
  const stages = new Map<number, Interval[]>();
  for (const line of written) {
    if (line.kind !== 'interval' || line.reading !== undefined) continue;
    const stage = line.stage ?? 1;
    stages.set(stage, [...(stages.get(stage) ?? []), line]);
  }
  const begins = [...stages].map(([stage, intervals]) => beginOf(name, stage, intervals, Math.max(...stages.keys())));
  return [...begins, ...written.map((line) => lineOf(line, name))];
}

function beginOf(name: string, stage: number, intervals: readonly Interval[], stages: number): ReadingLine {
  const [first] = intervals;
  const { startMs, endMs } = first ?? { startMs: 0, endMs: 0 };
  return {
    v: OBSERVATIONS_VERSION,
    kind: 'reading',
    reading: readingOf(name, stage),
    rolloutId: name,
    service: name,
    by: 'given',
    atMs: startMs,
    stage,
    stages,
    sharePercent: 0,
    startedAtMs: startMs,
    stepMs: endMs - startMs,
    roles: { baseline: 'baseline', candidate: 'candidate' },
    knownShared: false,
  };
}

function lineOf(line: WrittenLine, name: string): ObservationLine {
  if (line.kind !== 'interval') return line as ObservationLine;
  const { stage = 1, reading = readingOf(name, stage), ...rest } = line;
  return { ...rest, reading } as ObservationLine;
}

function readingOf(name: string, stage: number): string {
  return `${name}, stage ${String(stage)}`;
}
