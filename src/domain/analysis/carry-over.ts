import { carryBaseline } from './baseline/state.js';
import type { CheckState } from './check-state.js';
import { carrySequential } from './sequential/state.js';
import { EMPTY_STAGE, type AnalysisState } from './state.js';
import { carryThreshold } from './threshold/state.js';
import { carryUnanswered } from './unanswered/state.js';

/**
 * What a new stage, or a changed share, begins with: evidence of harm stays, everything that speaks for health is
 * gathered anew.
 *
 * Intervals that `state` has seen must not be observed again on top of it: their harm would count twice.
 */
export function carryOver(state: AnalysisState): AnalysisState {
  // The next stage tells its own time: the clock of another machine may be a little behind.
  const { unanswered } = state;
  return {
    untilMs: null,
    stage: EMPTY_STAGE,
    checks: state.checks.map(carryCheck),
    ...(unanswered === undefined ? {} : { unanswered: carryUnanswered(unanswered) }),
  };
}

function carryCheck(state: CheckState): CheckState {
  if (state.failure !== null) return state;
  switch (state.engine) {
    case 'threshold':
      return carryThreshold(state);
    case 'sequential':
      return carrySequential(state);
    case 'baseline':
      return carryBaseline(state);
  }
}
