import { boundedLine, boundedStage, shortenOldLine } from '../bounded.js';
import type { Happening, RolloutState, StageRecord } from '../state.js';

/** A status shows the newest; the journal has all. */
const REMEMBERED_HAPPENINGS = 100;

/** Adds a line to what happened. */
export function record(state: RolloutState, line: Omit<Happening, 'number'>): RolloutState {
  const number = state.happeningCount + 1;
  return {
    ...state,
    happeningCount: number,
    happenings: shortenOldLine([...state.happenings, { ...boundedLine(line), number }]).slice(-REMEMBERED_HAPPENINGS),
  };
}

export function decide(state: RolloutState, atMs: number, what: string): RolloutState {
  return record(state, { atMs, kind: 'decision', what });
}

/** Notes how the current stage went. */
export function updateStage(state: RolloutState, record: Partial<StageRecord>): RolloutState {
  const change = boundedStage(record);
  return {
    ...state,
    stages: state.stages.map((stage, index) => (index === state.stage - 1 ? { ...stage, ...change } : stage)),
  };
}
