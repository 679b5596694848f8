import { judgeCheck } from '../analysis/judge-check.js';
import { viewsOf, type CheckView } from '../analysis/pictures.js';
import { verdictOf } from '../analysis/stage-verdict.js';
import { unansweredIn } from '../analysis/unanswered/finding.js';
import type { Verdict } from '../analysis/verdict.js';
import type { StageReadings } from './recording.js';
import type { FoldedInterval } from './stage-fold.js';

/** The same verdict for a while. */
export interface Run {
  readonly verdict: Verdict;
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervals: number;
}

/** One check over a stage. */
export interface CheckReport {
  readonly runs: readonly Run[];
  /** The end of the interval from which it fails; `null` when it does not. */
  readonly failedAtMs: number | null;
  /** What it says at the end, and why. */
  readonly last: CheckView;
}

/** What was, or would have been, decided about a stage. */
export interface StageDecision {
  readonly kind: 'passed' | 'rolledBack' | 'held' | 'kept';
  readonly by: 'checks' | 'probes' | 'judgement';
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly reason: string;
}

/** One stage at one share. */
export interface StageReport {
  readonly stage: number;
  readonly sharePercent: number;
  readonly startedAtMs: number;
  /** The end of what was looked at. */
  readonly endedAtMs: number;
  readonly intervals: number;
  readonly runs: readonly Run[];
  readonly checks: readonly CheckReport[];
  readonly decisions: readonly StageDecision[];
  readonly candidateRequests: number;
  readonly baselineRequests: number;
}

/** A stage told by the intervals of one fold. */
export function reportOn(
  { stage, sharePercent, startedAtMs }: Pick<StageReadings, 'stage' | 'sharePercent' | 'startedAtMs'>,
  intervals: readonly FoldedInterval[],
  decisions: readonly StageDecision[],
): StageReport {
  const last = intervals.at(-1);
  const views = last === undefined ? [] : viewsOf(last.analysis);
  const perCheck = intervals.map(({ analysis }): readonly Verdict[] => [
    ...analysis.checks.map((check) => judgeCheck(check, analysis.stage).verdict),
    unansweredIn(analysis)?.verdict ?? 'successful',
  ]);
  return {
    stage,
    sharePercent,
    startedAtMs,
    endedAtMs: Math.max(startedAtMs, last?.interval.endMs ?? startedAtMs, decisions.at(-1)?.atMs ?? startedAtMs),
    intervals: intervals.length,
    runs: runsOf(intervals, ({ analysis }) => verdictOf(analysis)),
    checks: views.map((view, check) => {
      const runs = runsOf(intervals, (_, index) => perCheck[index]?.[check] ?? 'inconclusive');
      const failed = intervals.find((_, index) => perCheck[index]?.[check] === 'failed');
      return { runs, failedAtMs: failed?.interval.endMs ?? null, last: view };
    }),
    decisions,
    candidateRequests: last?.analysis.candidateRequests ?? 0,
    baselineRequests: last?.analysis.stage.baseline?.requests ?? 0,
  };
}

function runsOf(
  intervals: readonly FoldedInterval[],
  verdictOf: (interval: FoldedInterval, index: number) => Verdict,
): readonly Run[] {
  const runs: Run[] = [];
  for (const [index, folded] of intervals.entries()) {
    const { startMs, endMs } = folded.interval;
    const verdict = verdictOf(folded, index);
    const last = runs.at(-1);
    if (last?.verdict === verdict) runs[runs.length - 1] = { ...last, toMs: endMs, intervals: last.intervals + 1 };
    else runs.push({ verdict, fromMs: startMs, toMs: endMs, intervals: 1 });
  }
  return runs;
}
