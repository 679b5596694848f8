import type { Phase } from '../rollout/phase.js';
import { isLastStage, type StagesState } from './state.js';

/** The one word for where a rollout stands. */
export function phaseOf(state: StagesState): Phase {
  if (state.outcome !== null) return state.outcome;
  if (state.stop !== null) return 'rollingBack';
  if (state.pause !== null) return 'paused';
  if (state.hold !== null) return 'held';
  if (state.step === 'asking') return 'awaitingApproval';
  if (state.step === 'preflight') return 'waiting';
  return isLastStage(state) ? 'promoting' : 'progressing';
}
