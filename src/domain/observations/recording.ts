import type { PastInterval } from '../analysis/learn.js';
import type { AnalysisPlan } from '../analysis/plan.js';
import type { AnalysisInterval } from '../analysis/sample.js';
import type { AnalysisState } from '../analysis/analysis.js';
import type { Verdict } from '../analysis/verdict.js';
import {
  withoutRepeats,
  type BreachLine,
  type IntervalLine,
  type JudgementLine,
  type ObservationLine,
  type ReadingLine,
} from './line.js';

/** One interval as it was seen. */
export interface SeenInterval {
  readonly interval: AnalysisInterval;
  /** What the plan said after it, at the time; `null` where that was not kept. */
  readonly verdict: Verdict | null;
}

/** One pass over the intervals of a stage. */
export interface Reading {
  readonly line: ReadingLine;
  /** By what it was judged; `null` where that was not kept. */
  readonly plan: AnalysisPlan | null;
  readonly carried: AnalysisState | null;
  /** What came before `own` is that of another reading, with its scalars or without. */
  readonly base: { readonly reading: Reading; readonly untilMs: number; readonly scalars: boolean } | null;
  /** In order. */
  readonly own: readonly SeenInterval[];
  readonly judgement: JudgementLine | null;
  readonly breaches: readonly BreachLine[];
}

/** The candidate's share as the plan had it, 0–100; `null` where a person wrote down what was seen, and not the plan. */
export function plannedShare({ by, sharePercent }: ReadingLine): number | null {
  return by === 'given' ? null : sharePercent;
}

/** A stage at one share: begun once, and read as often as it was watched and judged. */
export interface StageReadings {
  readonly stage: number;
  readonly sharePercent: number;
  readonly startedAtMs: number;
  /** In the order in which they began. */
  readonly readings: readonly Reading[];
}

/** Everything that was kept of one rollout. */
export interface Recording {
  readonly rolloutId: string;
  readonly service: string;
  readonly past: readonly PastInterval[];
  /** In the order in which they began. */
  readonly stages: readonly StageReadings[];
  /** What is not whole, in sentences. */
  readonly gaps: readonly string[];
}

/** What `lines` tell, one recording per rollout, in the order in which they appear. */
export function recordingsIn(lines: readonly ObservationLine[]): readonly Recording[] {
  const once = withoutRepeats(lines);
  const readings = readingsIn(once);
  const ids = new Set(once.flatMap((line) => ('rolloutId' in line ? [line.rolloutId] : [])));
  return [...ids].map((rolloutId) =>
    recordingOf(
      rolloutId,
      once.filter((line) => 'rolloutId' in line && line.rolloutId === rolloutId),
      readings.filter(({ line }) => line.rolloutId === rolloutId),
    ),
  );
}

function recordingOf(rolloutId: string, own: readonly ObservationLine[], readings: readonly Reading[]): Recording {
  const named = own.find((line) => 'service' in line);
  const past = own.find((line) => line.kind === 'baseline');
  const lost = own.reduce((sum, line) => sum + (line.kind === 'lost' ? line.lines : 0), 0);
  return {
    rolloutId,
    service: named?.service ?? rolloutId.split('@')[0] ?? rolloutId,
    past: past?.intervals ?? [],
    stages: stagesOf(readings),
    gaps: [...(lost === 0 ? [] : [`${String(lost)} lines could not be written`]), ...readings.flatMap(gapsIn)],
  };
}

/** A reading stands behind its base, as it was written: two workers may have written in another order. */
function readingsIn(lines: readonly ObservationLine[]): readonly Reading[] {
  const parts = partsIn(lines);
  const built = new Map<string, Reading>();
  const build = (id: string, above: readonly string[]): Reading | null => {
    const known = built.get(id);
    const part = parts.get(id);
    if (known !== undefined || part === undefined || above.includes(id)) return known ?? null;
    const base = part.begin.base === undefined ? null : build(part.begin.base.reading, [...above, id]);
    const reading = readingOf(part, base);
    built.set(id, reading);
    return reading;
  };
  return [...parts.keys()].flatMap((id) => build(id, []) ?? []);
}

interface Parts {
  readonly begin: ReadingLine;
  readonly own: SeenInterval[];
  readonly breaches: BreachLine[];
  judgement: JudgementLine | null;
}

function partsIn(lines: readonly ObservationLine[]): ReadonlyMap<string, Parts> {
  const parts = new Map<string, Parts>();
  for (const line of lines)
    if (line.kind === 'reading') parts.set(line.reading, { begin: line, own: [], breaches: [], judgement: null });
  for (const line of lines) {
    const part = 'reading' in line ? parts.get(line.reading) : undefined;
    if (line.kind === 'interval') part?.own.push(seenIn(line));
    if (line.kind === 'breach') part?.breaches.push(line);
    if (line.kind === 'judgement' && part !== undefined) part.judgement = line;
  }
  return parts;
}

function readingOf({ begin, own, judgement, breaches }: Parts, base: Reading | null): Reading {
  return {
    line: begin,
    plan: begin.plan ?? base?.plan ?? null,
    carried: begin.carried ?? (begin.base === undefined ? null : (base?.carried ?? null)),
    base:
      base === null || begin.base === undefined
        ? null
        : { reading: base, untilMs: begin.base.untilMs, scalars: begin.base.scalars === true },
    own,
    judgement,
    breaches,
  };
}

function seenIn({ startMs, endMs, candidate, baseline, scalars, part, verdict }: IntervalLine): SeenInterval {
  return {
    interval: {
      startMs,
      endMs,
      candidate,
      ...(baseline === undefined ? {} : { baseline }),
      ...(scalars === undefined ? {} : { scalars }),
      ...(part === undefined ? {} : { part }),
    },
    verdict: verdict ?? null,
  };
}

/** A stage that goes on at another share begins anew. The last look at it before that knows the new share already. */
function stagesOf(readings: readonly Reading[]): readonly StageReadings[] {
  const stages = new Map<string, Reading[]>();
  for (const reading of readings) {
    const { stage, startedAtMs } = reading.line;
    const key = [stage, startedAtMs].join('/');
    stages.set(key, [...(stages.get(key) ?? []), reading]);
  }
  return [...stages.values()]
    .flatMap((all) => {
      const inOrder = all.toSorted((a, b) => a.line.atMs - b.line.atMs);
      const first = inOrder.find(({ line }) => line.by !== 'judge') ?? inOrder[0];
      if (first === undefined) return [];
      const { stage, sharePercent, startedAtMs } = first.line;
      return [{ stage, sharePercent, startedAtMs, readings: inOrder }];
    })
    .sort((a, b) => a.startedAtMs - b.startedAtMs || a.stage - b.stage);
}

function gapsIn({ line, plan, base, own }: Reading): readonly string[] {
  const where = `stage ${String(line.stage)}, reading ${line.reading}`;
  let untilMs = base?.untilMs ?? line.startedAtMs;
  let holes = 0;
  for (const { interval } of own) {
    if (interval.startMs > untilMs) holes += 1;
    untilMs = Math.max(untilMs, interval.endMs);
  }
  return [
    ...(plan === null && line.by !== 'given' ? [`${where}: its plan is not there`] : []),
    ...(line.base !== undefined && base === null ? [`${where}: the reading that it rests on is not there`] : []),
    ...(holes === 0 ? [] : [`${where}: intervals are missing in ${String(holes)} places`]),
  ];
}
