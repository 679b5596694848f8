import type { CheckState } from './check-state.js';
import { compiled, type CompiledCheck } from './compiled-plan.js';
import type { AnalysisPlan } from './plan.js';
import { beginThreshold } from './threshold/state.js';

/** A check together with what it remembers. */
export interface RememberingCheck {
  readonly compiled: CompiledCheck;
  readonly state: CheckState;
}

/**
 * The checks of `plan` in their order, each with its memory out of `states`.
 *
 * A check that `states` does not know begins anew; a memory whose check is gone from the plan is left out: so the plan
 * of a running rollout may change.
 */
export function rememberingChecks(plan: AnalysisPlan, states: readonly CheckState[]): readonly RememberingCheck[] {
  return compiled(plan).checks.map((check, index) => ({ compiled: check, state: memoryOf(check, index, states) }));
}

function memoryOf(check: CompiledCheck, index: number, states: readonly CheckState[]): CheckState {
  const expected = states[index];
  if (expected?.key === check.key) return expected;
  return states.find(({ key }) => key === check.key) ?? beginCheck(check);
}

function beginCheck({ key }: CompiledCheck): CheckState {
  return beginThreshold(key);
}
