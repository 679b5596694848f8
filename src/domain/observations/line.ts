import type { PastInterval } from '../analysis/learn.js';
import type { AnalysisPlan } from '../analysis/plan.js';
import type { AnalysisInterval } from '../analysis/sample.js';
import type { AnalysisState } from '../analysis/analysis.js';
import type { Verdict } from '../analysis/verdict.js';
import type { Roles } from '../traffic/weights.js';

/** Rises with every change of a line's fields. */
export const OBSERVATIONS_VERSION = 1;

type Version = typeof OBSERVATIONS_VERSION;

/** What the baseline did before the rollout began: how much failures scatter is learnt from it. */
export interface BaselineLine {
  readonly v: Version;
  readonly kind: 'baseline';
  readonly rolloutId: string;
  readonly service: string;
  /** The slot. */
  readonly backend: string;
  readonly intervals: readonly PastInterval[];
}

/** The beginning of a reading: one pass over the intervals of one stage, by a watch or for a judgement. */
export interface ReadingLine {
  readonly v: Version;
  readonly kind: 'reading';
  /** Unique. */
  readonly reading: string;
  readonly rolloutId: string;
  readonly service: string;
  /** `given`: a person wrote it, or another program. */
  readonly by: 'watch' | 'judge' | 'given';
  /** When it began, epoch milliseconds. */
  readonly atMs: number;
  /** 1-based. */
  readonly stage: number;
  /** How many there are. */
  readonly stages: number;
  /** The candidate's share, 0–100. */
  readonly sharePercent: number;
  /** When the stage's weights were read back, epoch milliseconds: the first interval begins here. */
  readonly startedAtMs: number;
  /** How long an interval is. */
  readonly stepMs: number;
  readonly roles: Roles;
  /** A breach that the baseline shares was reported before: only what is new counts. */
  readonly knownShared: boolean;
  /**
   * The intervals up to `untilMs` are those of another reading, and so are the plan and what was carried. Their scalars
   * are only where `scalars` says so.
   */
  readonly base?: { readonly reading: string; readonly untilMs: number; readonly scalars?: true };
  /** By what it is judged. Absent where there is a `base`. */
  readonly plan?: AnalysisPlan;
  /** Evidence from earlier stages, and what the baseline had taught before the first. Absent where there is a `base`. */
  readonly carried?: AnalysisState | null;
}

/** One interval, and what the plan said after it. */
export interface IntervalLine extends AnalysisInterval {
  readonly v: Version;
  readonly kind: 'interval';
  readonly reading: string;
  /** Absent where nobody judged it. */
  readonly verdict?: Verdict;
}

/** The end of a reading that was made for a judgement. */
export interface JudgementLine {
  readonly v: Version;
  readonly kind: 'judgement';
  readonly reading: string;
  /** Until when the stage was read, epoch milliseconds. */
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Why the metrics could not be had. */
  readonly unavailable?: string;
  /** What probes had against the candidate. They cannot be made again, so this stands. */
  readonly unhealthy?: { readonly verdict: Verdict; readonly reason: string };
}

/** A watch came back. */
export interface BreachLine {
  readonly v: Version;
  readonly kind: 'breach';
  readonly reading: string;
  readonly atMs: number;
  readonly source: 'checks' | 'probes';
  readonly shared: boolean;
  readonly reason: string;
  /** The guard had put all traffic back by itself then, epoch milliseconds, and left this fence. */
  readonly undone?: { readonly atMs: number; readonly fence: number };
}

/** Lines that could not be written: what follows from them cannot be redone. */
export interface LostLine {
  readonly v: Version;
  readonly kind: 'lost';
  readonly rolloutId: string;
  readonly atMs: number;
  readonly lines: number;
}

/** One line of a rollout's observations. */
export type ObservationLine = BaselineLine | ReadingLine | IntervalLine | JudgementLine | BreachLine | LostLine;

/** What makes a line one and the same: written twice, it counts once. */
function identityOf(line: ObservationLine): string {
  switch (line.kind) {
    case 'baseline':
      return `baseline/${line.rolloutId}`;
    case 'reading':
      return `reading/${line.reading}`;
    case 'interval':
      return `interval/${line.reading}/${String(line.startMs)}/${String(line.endMs)}`;
    case 'judgement':
      return `judgement/${line.reading}`;
    case 'breach':
      return `breach/${line.reading}/${line.source}/${String(line.atMs)}`;
    case 'lost':
      return `lost/${line.rolloutId}/${String(line.atMs)}`;
  }
}

/** Each line once, as it was written first. Intervals that a person gave stand as they are, also two of the same time. */
export function withoutRepeats(lines: readonly ObservationLine[]): readonly ObservationLine[] {
  const given = new Set(
    lines.flatMap((line) => (line.kind === 'reading' && line.by === 'given' ? [line.reading] : [])),
  );
  const seen = new Set<string>();
  return lines.filter((line) => {
    if (line.kind === 'interval' && given.has(line.reading)) return true;
    const identity = identityOf(line);
    return !seen.has(identity) && seen.add(identity);
  });
}
