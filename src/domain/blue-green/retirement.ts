import { hasHook } from '../hooks/state.js';
import type { HookChange } from '../rollout/hook-changes.js';
import { servesAtEnd } from '../staged-traffic/left-behind.js';
import type { Serves } from '../traffic/serving/serves.js';
import type { BlueGreenState } from './state.js';

/** What a hook that retires the old environment has answered. Silence may mean that it has begun: there is no way back then. */
export function heardOfRetirement(state: BlueGreenState, change: HookChange): BlueGreenState {
  if (change.kind !== 'answered' || change.moment !== 'retire') return state;
  const isKept = change.report.answer === 'no' && state.old !== 'retired';
  return { ...state, old: isKept ? 'kept' : 'retired' };
}

/** What the rollout leaves, once it is known whether there is a way back. */
export function servesAfterRetirement(state: BlueGreenState): Serves | null {
  const serves = servesAtEnd(state);
  if (serves === null || state.outcome !== 'promoted' || state.alreadyServes !== undefined) return serves;
  if (state.old === undefined && hasHook(state.hooks, 'retire')) return null;
  return state.old === 'retired' ? { ...serves, before: null } : serves;
}
