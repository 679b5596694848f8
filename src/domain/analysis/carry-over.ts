import { NO_MEASUREMENTS } from './argo/metric-assessment.js';
import type { CheckState } from './check-state.js';
import { EMPTY_STAGE, type AnalysisState } from './state.js';

/**
 * What a new stage, or a changed share, begins with: evidence of harm stays, everything that speaks for health is
 * gathered anew.
 */
export function carryOver(state: AnalysisState): AnalysisState {
  return { untilMs: state.untilMs, stage: EMPTY_STAGE, checks: state.checks.map(carryCheck) };
}

function carryCheck(state: CheckState): CheckState {
  if (state.failure !== null) return state;
  const { failed, consecutiveFailure } = state.tally;
  return {
    ...state,
    trouble: null,
    troublesInARow: 0,
    tally: { ...NO_MEASUREMENTS, failed, consecutiveFailure },
    last: null,
    lastValue: null,
    over: null,
    window: [],
  };
}
