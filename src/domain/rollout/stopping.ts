import { withAlarm, type AlarmCause } from './alarms.js';
import type { Life } from './life.js';
import { decide } from './record.js';
import { OUTCOME_OF, STOP_CAUSES, type Stop } from './stop.js';

/** The strongest cause counts, whatever the order in which causes arrive; once the undo has begun it stands. */
export function stopFor<S extends Life>(state: S, stop: Stop): S {
  if (state.step === 'undoing' || state.step === 'ended') return state;
  if (state.stop !== null && rank(state.stop) <= rank(stop)) return state;
  return { ...state, stop };
}

function rank(stop: Stop): number {
  return STOP_CAUSES.indexOf(stop.cause);
}

/** @param undoing what is undone, in words; `null` where nothing is */
export function beginUndo<S extends Life>(state: S, undoing: string | null, atMs: number): S {
  const { stop } = state;
  if (stop === null || state.step === 'undoing' || state.step === 'ended') return state;
  // What called people on the way forward is no trouble of the way back.
  const cleared = { ...state, step: 'undoing', pause: null, hold: null, alarms: {} };
  return decide(cleared, atMs, `Stopped: ${stop.reason}${undoing === null ? '' : `; ${undoing}`}`);
}

export function endStopped<S extends Life>(state: S, atMs: number): S {
  const { stop } = state;
  if (stop === null || state.step !== 'undoing') return state;
  return { ...state, step: 'ended', outcome: OUTCOME_OF[stop.cause], endedAtMs: atMs, alarms: {} };
}

/** An alarm is raised, or is over (`null`). */
export function alarm<S extends Life>(
  state: S,
  event: { readonly cause: AlarmCause; readonly alarm: string | null; readonly atMs: number },
): S {
  const before = state.alarms[event.cause];
  if (before === undefined && event.alarm === null) return state;
  // What was tried before the stop is not tried on, whatever it still says.
  if (event.alarm !== null && state.step === 'undoing' && event.cause !== 'undo') return state;
  const changed = { ...state, alarms: withAlarm(state.alarms, event.cause, event.alarm) };
  // What it says may change while it lasts; people were called for it when it began.
  return event.alarm === null || before !== undefined ? changed : decide(changed, event.atMs, `Alarm: ${event.alarm}`);
}
