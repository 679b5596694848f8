import { failedChecks, type Stop } from '../../rollout/stop.js';
import * as life from '../../rollout/stopping.js';
import { updateStage } from '../stage-record.js';
import { at, type StagesState } from '../state.js';

export function stopFor<S extends StagesState>(state: S, stop: Stop): S {
  const stopped = life.stopFor(state, stop);
  return stopped === state ? state : { ...stopped, promotion: null };
}

/** @param back where everything goes back to, in words; `null` where nothing was moved */
export function beginUndo<S extends StagesState>(state: S, back: string | null, atMs: number): S {
  const undoing = life.beginUndo(state, back, atMs);
  return undoing === state ? state : at({ ...undoing, sharePercent: 0 }, { step: 'undoing' });
}

export function endStopped<S extends StagesState>(state: S, atMs: number): S {
  const ended = life.endStopped(state, atMs);
  if (ended === state || state.stop === null) return ended;
  const byChecks = failedChecks(state.stop).length > 0;
  return updateStage(ended, { endedAtMs: atMs, conclusion: state.stop.reason, byChecks });
}
