import { valueOf } from './criterion.js';
import type { CountedMetric } from './plan.js';
import { addInterval, isTrouble, type Counts, type Reading } from './reading.js';

/** All traffic of the stage so far, for estimates. */
export interface StageCounts {
  /** The candidate's share as the plan has it, 0–100; absent where nobody said. */
  readonly sharePercent?: number;
  readonly sinceMs: number | null;
  /** How much time the candidate's counts cover. */
  readonly observedMs: number;
  readonly candidate: Counts | null;
  readonly baseline: Counts | null;
}

export const EMPTY_STAGE: StageCounts = { sinceMs: null, observedMs: 0, candidate: null, baseline: null };

/** The stage after one more interval. */
export function countStage(
  stage: StageCounts,
  { startMs, endMs, candidate, baseline, clockTrouble }: Reading,
): StageCounts {
  if (clockTrouble !== null) return stage;
  return {
    ...stage,
    sinceMs: stage.sinceMs ?? startMs,
    observedMs: isTrouble(candidate) ? stage.observedMs : stage.observedMs + (endMs - startMs),
    candidate: isTrouble(candidate) ? stage.candidate : addInterval(stage.candidate, candidate),
    baseline: isTrouble(baseline) ? stage.baseline : addInterval(stage.baseline, baseline),
  };
}

/** A metric's value over the stage so far; `null` when it cannot be known, or is not counted. */
export function stageValue(
  metric: CountedMetric | null,
  stage: StageCounts,
  who: 'candidate' | 'baseline' = 'candidate',
): number | null {
  const counts = stage[who];
  if (counts === null || metric === null) return null;
  if (metric !== 'requestRate') return valueOf(metric, counts);
  return stage.observedMs > 0 ? (counts.requests * 1000) / stage.observedMs : null;
}
