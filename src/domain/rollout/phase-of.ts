import type { Phase } from './phase.js';
import { isLastStage, type RolloutState } from './state.js';

/** The one word for where a rollout stands. */
export function phaseOf(state: RolloutState): Phase {
  if (state.outcome !== null) return state.outcome;
  if (state.stop !== null) return 'rollingBack';
  if (state.pause !== null) return 'paused';
  if (state.hold !== null) return 'held';
  if (state.step === 'asking') return 'awaitingApproval';
  if (state.step === 'preflight') return 'waiting';
  return isLastStage(state) ? 'promoting' : 'progressing';
}
