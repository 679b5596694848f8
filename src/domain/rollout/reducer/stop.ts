import type { Outcome } from '../phase.js';
import { STOP_CAUSES, type RolloutState, type Stop, type StopCause } from '../state.js';
import { decide, updateStage } from './record.js';

const OUTCOME_OF: Readonly<Record<StopCause, Outcome>> = {
  emergencyStop: 'aborted',
  abort: 'aborted',
  breach: 'rolledBack',
  judgement: 'rolledBack',
  preflight: 'aborted',
  drift: 'aborted',
  approvalTimeout: 'aborted',
  unknownDeadline: 'aborted',
};

/** The strongest cause counts, whatever the order in which causes arrive; once the undo has begun it stands. */
export function stopFor(state: RolloutState, stop: Stop): RolloutState {
  if (state.step === 'undoing' || state.step === 'ended') return state;
  if (state.stop !== null && rank(state.stop) <= rank(stop)) return state;
  return { ...state, stop, promotion: null };
}

function rank(stop: Stop): number {
  return STOP_CAUSES.indexOf(stop.cause);
}

export function beginUndo(state: RolloutState, atMs: number): RolloutState {
  const { stop } = state;
  if (stop === null || state.step === 'undoing' || state.step === 'ended') return state;
  const moved = state.sharePercent > 0 && state.roles !== null;
  const what = moved
    ? `Stopped: ${stop.reason}; all traffic back to ${state.roles.baseline}`
    : `Stopped: ${stop.reason}`;
  return decide({ ...state, step: 'undoing', sharePercent: 0, pause: null, hold: null, clock: null }, atMs, what);
}

export function endStopped(state: RolloutState, atMs: number): RolloutState {
  const { stop } = state;
  if (stop === null || state.step !== 'undoing') return state;
  const stopped = updateStage(state, { endedAtMs: atMs, conclusion: stop.reason });
  return { ...stopped, step: 'ended', outcome: OUTCOME_OF[stop.cause], endedAtMs: atMs, alarm: null };
}
