import type { RememberingCheck } from './check-memories.js';
import type { CheckState, StageCounts } from './check-state.js';
import type { CompiledCheck } from './compiled-plan.js';
import { valueOf } from './criterion.js';
import { isCountedMetric } from './plan.js';
import type { Counts } from './reading.js';

/** The candidate's value over the stage so far; of a check that failed, the value that broke it. */
export function stageValue({ check }: CompiledCheck, state: CheckState, stage: StageCounts): number | null {
  if (state.failure !== null) return state.failure.value;
  if (check.kind !== 'custom' && isCountedMetric(check.metric))
    return countedValue(check.metric, stage.candidate, stage);
  return state.engine === 'threshold' ? state.lastValue : null;
}

/** The baseline's value over the stage so far; of a check that failed, its value in the same window. */
export function stageBaselineValue(
  { compiled: { check }, state }: RememberingCheck,
  stage: StageCounts,
): number | null {
  if (state.failure !== null) return state.failure.baselineValue;
  if (check.kind === 'custom') return null;
  return countedValue(check.metric, stage.baseline, stage);
}

function countedValue(metric: string, counts: Counts | null, stage: StageCounts): number | null {
  if (counts === null || !isCountedMetric(metric)) return null;
  if (metric !== 'requestRate') return valueOf(metric, counts);
  return stage.observedMs > 0 ? (counts.requests * 1000) / stage.observedMs : null;
}
