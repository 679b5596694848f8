import type { CheckState, StageCounts } from './check-state.js';
import type { CompiledCheck } from './compiled-plan.js';
import { valueOf } from './criterion.js';
import { isProportionMetric } from './plan.js';
import type { Counts } from './reading.js';

/** The candidate's value over the stage so far; of a check that failed, the value that broke it. */
export function stageValue({ check }: CompiledCheck, state: CheckState, stage: StageCounts): number | null {
  if (state.failure !== null) return state.failure.value;
  if (check.kind === 'custom' || !isCounted(check.metric)) return state.lastValue;
  return counted(check.metric, stage.candidate, stage);
}

/** The baseline's value over the stage so far; of a check that failed, its value in the same window. */
export function stageBaselineValue({ check }: CompiledCheck, state: CheckState, stage: StageCounts): number | null {
  if (state.failure !== null) return state.failure.baselineValue;
  if (check.kind === 'custom' || !isCounted(check.metric)) return null;
  return counted(check.metric, stage.baseline, stage);
}

function isCounted(metric: string): boolean {
  return metric === 'requestRate' || isProportionMetric(metric);
}

function counted(metric: string, counts: Counts | null, stage: StageCounts): number | null {
  if (counts === null) return null;
  if (metric === 'requestRate') return stage.observedMs > 0 ? (counts.requests * 1000) / stage.observedMs : null;
  return isProportionMetric(metric) ? valueOf(metric, counts) : null;
}
