/** A reason to stay where we are until a person decides; an unknown verdict is also ended by a known one, or by its deadline. */
export interface Hold {
  readonly kind: 'unknown' | 'drift' | 'sharedBreach' | 'breach' | 'rejected' | 'approvalTimeout' | 'hook';
  readonly reason: string;
  readonly sinceMs: number;
  /** Whether a person must act; an unknown verdict is waited for first. */
  readonly needsHuman: boolean;
  /** What would have been undone, had the plan not said that a person decides: rolls back as soon as it says so. */
  readonly breach?: {
    readonly cause: 'breach' | 'judgement';
    readonly reason: string;
    readonly evidence?: unknown;
    readonly undoneAtMs?: number;
  };
  /** What it was held for before: that holds as well, until a person decides. */
  readonly onTopOf?: Hold;
}

export interface Held {
  readonly hold: Hold | null;
}

/** Whether new knowledge or a deadline ends it, and its clock runs meanwhile; every other is for a person to end. */
export function endsByItself(hold: Hold | null): boolean {
  return hold?.kind === 'unknown';
}

/** What a rollout is held for, oldest first. */
export function holdsOf({ hold }: Held): readonly Hold[] {
  return hold === null ? [] : [...holdsOf({ hold: hold.onTopOf ?? null }), hold];
}

export function isHeldFor(state: Held, kind: Hold['kind']): boolean {
  return holdsOf(state).some((hold) => hold.kind === kind);
}

/** The breach that a person has yet to decide about; `undefined` when there is none. */
export function undecidedBreach(state: Held): Hold['breach'] {
  return holdsOf(state).find(({ breach }) => breach !== undefined)?.breach;
}

/** What a person who goes on all the same overrules, whoever is the cause; `undefined` when nothing was found. */
export function foundHarm(state: Held): { readonly reason: string } | undefined {
  return undecidedBreach(state) ?? holdsOf(state).find(({ kind }) => kind === 'sharedBreach');
}

/** One hold on top of what there is; that nothing was known no longer matters then. */
export function stacked({ hold: below }: Held, hold: Hold): Hold {
  return below === null || endsByItself(below) ? hold : { ...hold, onTopOf: below };
}

/** The same without what it is held for of this kind. */
export function withoutHold<S extends Held>(state: S, kind: Hold['kind']): S {
  return { ...state, hold: withoutKind(state.hold, kind) };
}

function withoutKind(hold: Hold | null, kind: Hold['kind']): Hold | null {
  if (hold === null) return null;
  const { onTopOf = null, ...top } = hold;
  const below = withoutKind(onTopOf, kind);
  if (hold.kind === kind) return below;
  return below === null ? top : { ...top, onTopOf: below };
}

/** Everything that it is held for, in words; empty when it is not held. */
export function heldWords(state: Held): string {
  return holdsOf(state)
    .map(({ reason }) => reason)
    .join('; and ');
}
