import { roundPercent } from '../../percent.js';
import type { ResumeCommand } from '../commands.js';
import { endsByItself, foundHarm, isHeldFor } from '../../rollout/holds.js';
import { at, isOverriding, type StagesState } from '../state.js';
import { configure } from './configure.js';
import { endPause } from './proceed.js';
import { withoutOverruled } from './stages.js';

/** Ends the pause; only where there is none, a person has seen what it is held for and decides about that. */
export function resume<S extends StagesState>(before: S, command: ResumeCommand, atMs: number): S {
  const state = before.pause === null ? leaveHolds(before, atMs) : endPause(before, atMs);
  const { traffic, ...watching } = command.modifiedConfig ?? {};
  const watched = configure(state, watching);
  return traffic === undefined ? watched : withShare(watched, roundPercent(traffic * 100));
}

/** After its holds the rollout picks up where it makes sense: it sets its weights again, or judges or asks again. */
function leaveHolds<S extends StagesState>(before: S, atMs: number): S {
  const state = decideAboutHarm(endPause({ ...before, hold: null }, atMs), before, atMs);
  if (isHeldFor(before, 'drift')) return at({ ...state, appliedPercent: null }, { step: 'applying', overrides: true });
  if (state.step === 'judging') return { ...state, verdict: null, verdictReason: null, clock: null };
  return state;
}

/** What they know of already must not call them again: what is seen from now on counts. */
function decideAboutHarm<S extends StagesState>(state: S, before: S, atMs: number): S {
  return foundHarm(before) === undefined ? state : { ...withoutOverruled(state), overruledAtMs: atMs };
}

/** The stage begins anew, so the verdict that was waited for is asked for no more. */
function withShare<S extends StagesState>(state: S, sharePercent: number): S {
  return at(
    {
      ...state,
      sharePercent,
      hold: endsByItself(state.hold) ? null : state.hold,
      proofNotBeforeMs: null,
      verdict: null,
      verdictReason: null,
    },
    { step: 'applying', overrides: isOverriding(state) },
  );
}
