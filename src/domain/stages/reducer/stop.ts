import type { Stop } from '../../rollout/stop.js';
import * as life from '../../rollout/stopping.js';
import type { StagesState } from '../state.js';

export function stopFor<S extends StagesState>(state: S, stop: Stop): S {
  const stopped = life.stopFor(state, stop);
  return stopped === state ? state : { ...stopped, promotion: null };
}
