import { NO_MEASUREMENTS } from '../argo/metric-assessment.js';
import type { ThresholdState } from '../check-state.js';
import { freshMemory, withoutTrouble } from '../memory.js';
import { isCountedMetric, type CustomCheck, type ThresholdCheck } from '../plan.js';

/** The checks whose measurements are limited by Argo Rollouts' rules. */
export type LimitedCheck = ThresholdCheck | CustomCheck;

export function beginThreshold(key: string): ThresholdState {
  return {
    ...freshMemory(key),
    engine: 'threshold',
    tally: NO_MEASUREMENTS,
    last: null,
    lastValue: null,
    failingSinceMs: null,
    over: null,
    window: [],
  };
}

/** The name of the scalar that `check` looks at; `null` when it is computed from counts. */
export function scalarOf(check: LimitedCheck): string | null {
  if (check.kind === 'custom') return check.name;
  return isCountedMetric(check.metric) ? null : check.metric;
}

/** For a new stage: failures stay, what speaks for health is measured anew. */
export function carryThreshold(state: ThresholdState): ThresholdState {
  const { failed, consecutiveFailure } = state.tally;
  return {
    ...withoutTrouble(state),
    tally: { ...NO_MEASUREMENTS, failed, consecutiveFailure },
    last: null,
    lastValue: null,
    over: null,
    window: [],
  };
}
