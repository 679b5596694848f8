import type { Outcome } from '../phase.js';
import type { RolloutState } from '../state.js';
import { failedChecks, STOP_CAUSES, type Stop, type StopCause } from '../stop.js';
import type { Roles } from '../weights.js';
import { decide, updateStage } from './record.js';

const OUTCOME_OF: Readonly<Record<StopCause, Outcome>> = {
  fault: 'aborted',
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
  const what = moved ? `Stopped: ${stop.reason}; ${undoWords(stop, state.roles)}` : `Stopped: ${stop.reason}`;
  // What called people on the way forward is no trouble of the way back.
  const cleared = { ...state, pause: null, hold: null, clock: null, alarms: {} };
  return decide({ ...cleared, step: 'undoing', sharePercent: 0 }, atMs, what);
}

function undoWords({ undoneAtMs }: Stop, { baseline }: Roles): string {
  if (undoneAtMs === undefined) return `all traffic back to ${baseline}`;
  return `the guard had put all traffic back to ${baseline} by itself at ${new Date(undoneAtMs).toISOString()}`;
}

export function endStopped(state: RolloutState, atMs: number): RolloutState {
  const { stop } = state;
  if (stop === null || state.step !== 'undoing') return state;
  const stopped = updateStage(state, {
    endedAtMs: atMs,
    conclusion: stop.reason,
    byChecks: failedChecks(stop).length > 0,
  });
  return { ...stopped, step: 'ended', outcome: OUTCOME_OF[stop.cause], endedAtMs: atMs, alarms: {} };
}
