import { roundPercent } from '../../percent.js';
import type { ResumeCommand } from '../commands.js';
import { foundHarm, isHeldFor } from '../holds.js';
import type { RolloutState } from '../state.js';
import { endPause } from './proceed.js';
import { withoutOverruled } from './stages.js';

/** Ends the pause; only where there is none, a person has seen what it is held for and decides about that. */
export function resume(before: RolloutState, command: ResumeCommand, atMs: number): RolloutState {
  const state = before.pause === null ? leaveHolds(before, atMs) : endPause(before, atMs);
  const { traffic, monitoringInterval } = command.modifiedConfig ?? {};
  const watched =
    monitoringInterval === undefined ? state : { ...state, monitoringIntervalMs: monitoringInterval * 1000 };
  return traffic === undefined ? watched : withShare(watched, roundPercent(traffic * 100));
}

/** After its holds the rollout picks up where it makes sense: it sets its weights again, or judges or asks again. */
function leaveHolds(before: RolloutState, atMs: number): RolloutState {
  const state = decideAboutHarm(endPause({ ...before, hold: null }, atMs), before, atMs);
  if (isHeldFor(before, 'drift'))
    return { ...state, step: 'applying', appliedPercent: null, overrides: true, clock: null };
  if (state.step === 'judging') return { ...state, verdict: null, verdictReason: null, clock: null };
  return state;
}

/** What they know of already must not call them again: what is seen from now on counts. */
function decideAboutHarm(state: RolloutState, before: RolloutState, atMs: number): RolloutState {
  return foundHarm(before) === undefined ? state : { ...withoutOverruled(state), overruledAtMs: atMs };
}

/** The stage begins anew, so the verdict that was waited for is asked for no more. */
function withShare(state: RolloutState, sharePercent: number): RolloutState {
  return {
    ...state,
    step: 'applying',
    sharePercent,
    hold: state.hold?.kind === 'unknown' ? null : state.hold,
    clock: null,
    early: null,
    verdict: null,
    verdictReason: null,
  };
}
