import type { BaselineState, CheckState, SequentialState, ThresholdState } from './check-state.js';
import {
  compiledChecks,
  type CompiledBaseline,
  type CompiledCheck,
  type CompiledSequential,
  type CompiledThreshold,
} from './compiled-plan.js';
import { beginBaseline } from './baseline/state.js';
import type { AnalysisPlan } from './plan.js';
import { beginSequential } from './sequential/state.js';
import { beginThreshold } from './threshold/state.js';

/** A check together with what it remembers. */
export type RememberingCheck =
  | { readonly engine: 'threshold'; readonly compiled: CompiledThreshold; readonly state: ThresholdState }
  | { readonly engine: 'sequential'; readonly compiled: CompiledSequential; readonly state: SequentialState }
  | { readonly engine: 'baseline'; readonly compiled: CompiledBaseline; readonly state: BaselineState };

/**
 * The checks of `plan` in their order, each with its memory out of `states`.
 *
 * A check that `states` does not know begins anew; a memory whose check is gone from the plan is left out: so the plan
 * of a running rollout may change.
 */
export function rememberingChecks(plan: AnalysisPlan, states: readonly CheckState[]): readonly RememberingCheck[] {
  return compiledChecks(plan).map((check, index) => withMemory(plan, check, memoryOf(check, index, states)));
}

function memoryOf(check: CompiledCheck, index: number, states: readonly CheckState[]): CheckState | undefined {
  const expected = states[index];
  return expected?.key === check.key ? expected : states.find(({ key }) => key === check.key);
}

function withMemory(plan: AnalysisPlan, compiled: CompiledCheck, known: CheckState | undefined): RememberingCheck {
  switch (compiled.engine) {
    case 'threshold': {
      const state = known?.engine === 'threshold' ? known : beginThreshold(compiled.key);
      return { engine: 'threshold', compiled, state };
    }
    case 'sequential': {
      const state = known?.engine === 'sequential' ? known : beginSequential(compiled, plan);
      return { engine: 'sequential', compiled, state };
    }
    case 'baseline': {
      const state = known?.engine === 'baseline' ? known : beginBaseline(compiled, plan);
      return { engine: 'baseline', compiled, state };
    }
  }
}
