import type { Hold, RolloutState } from './state.js';

/** What a rollout is held for, oldest first. */
export function holdsOf({ hold }: Pick<RolloutState, 'hold'>): readonly Hold[] {
  return hold === null ? [] : [...holdsOf({ hold: hold.onTopOf ?? null }), hold];
}

export function isHeldFor(state: Pick<RolloutState, 'hold'>, kind: Hold['kind']): boolean {
  return holdsOf(state).some((hold) => hold.kind === kind);
}

/** The breach that a person has yet to decide about; `undefined` when there is none. */
export function undecidedBreach(state: Pick<RolloutState, 'hold'>): Hold['breach'] {
  return holdsOf(state).find(({ breach }) => breach !== undefined)?.breach;
}

/** What a person who goes on all the same overrules, whoever is the cause; `undefined` when nothing was found. */
export function foundHarm(state: Pick<RolloutState, 'hold'>): { readonly reason: string } | undefined {
  return undecidedBreach(state) ?? holdsOf(state).find(({ kind }) => kind === 'sharedBreach');
}

/** One hold on top of what there is; that nothing was known no longer matters then. */
export function stacked({ hold: below }: Pick<RolloutState, 'hold'>, hold: Hold): Hold {
  return below === null || below.kind === 'unknown' ? hold : { ...hold, onTopOf: below };
}

/** Everything that it is held for, in words; empty when it is not held. */
export function heldWords(state: Pick<RolloutState, 'hold'>): string {
  return holdsOf(state)
    .map(({ reason }) => reason)
    .join('; and ');
}
