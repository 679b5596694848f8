import { bytesOfJson } from '../text.js';
import type { Moment, Notice } from './moments.js';
import type { HookPayload } from './payload.js';

/** The names of a service's hooks, in the order in which they are asked. A moment that is absent has none. */
export type HooksOfService = Readonly<Partial<Record<Moment, readonly string[]>>>;

/** Something that was noticed and has yet to be told to some hooks. */
export interface Telling {
  readonly moment: Notice;
  readonly ordinal: number;
  /** Rises within a rollout. */
  readonly sequence: number;
  readonly payload: HookPayload;
  /** Those that have not heard it yet. */
  readonly hooks: readonly string[];
}

/** What a rollout remembers of its hooks. */
export interface HooksState {
  readonly byMoment: HooksOfService;
  /** How often each moment was asked or told. */
  readonly asked: Readonly<Partial<Record<Moment, number>>>;
  /** Moments whose newest question has no answer yet: asked again under the same number where a run continues as new. */
  readonly open: readonly Moment[];
  /** Not told to everybody yet, oldest first. */
  readonly untold: readonly Telling[];
  /** How many notices there were. */
  readonly sequence: number;
  /** What people were called for, by cause, and whether that is over. */
  readonly called: Readonly<Record<string, { readonly atMs: number; readonly isOver: boolean }>>;
  /** The gate that has not opened: for what the rollout is held. `null`: none. */
  readonly shut: Moment | null;
  /** A person goes on without this gate, once. `null`: without none. */
  readonly waived: Moment | null;
}

/** What is carried when a run continues as new must fit: of more the oldest are dropped. */
export const MOST_UNTOLD = 12;

/** And so many bytes of them. */
const MOST_UNTOLD_BYTES = 100_000;

/** So many causes are remembered. */
const MOST_CALLED = 40;

/** People are called for the same cause again when it was over meanwhile, and after so long. */
export const CALLED_AGAIN_AFTER_MS = 600_000;

/** Whether anybody is asked or told then. */
export function hasHook(hooks: HooksState | undefined, moment: Moment): boolean {
  return (hooks?.byMoment[moment]?.length ?? 0) > 0;
}

export function hooksKnown(byMoment: HooksOfService): HooksState {
  return {
    byMoment,
    asked: {},
    open: [],
    untold: [],
    sequence: 0,
    called: {},
    shut: null,
    waived: null,
  };
}

/** The next question of this moment; one that has no answer yet is the same question. */
export function askedOnce(hooks: HooksState, moment: Moment): HooksState {
  if (hooks.open.includes(moment)) return hooks;
  return { ...withOneMore(hooks, moment), open: [...hooks.open, moment] };
}

/** The newest question of this moment has its answer. */
export function settled(hooks: HooksState, moment: Moment): HooksState {
  return { ...hooks, open: hooks.open.filter((one) => one !== moment) };
}

/** Which number the newest question or notice of this moment has; 0 before the first. */
export function ordinalOf({ asked }: Pick<HooksState, 'asked'>, moment: Moment): number {
  return asked[moment] ?? 0;
}

/** One more notice waits to be told. */
export function toldLater(hooks: HooksState, moment: Notice, payload: HookPayload): HooksState {
  const counted = withOneMore(hooks, moment);
  const sequence = hooks.sequence + 1;
  const telling = {
    moment,
    ordinal: ordinalOf(counted, moment),
    sequence,
    payload,
    hooks: hooks.byMoment[moment] ?? [],
  };
  return { ...counted, sequence, untold: withinBounds([...hooks.untold, telling]) };
}

/** One hook has heard it, or is given up on. */
export function heardBy({ untold, ...hooks }: HooksState, sequence: number, hook: string): HooksState {
  const left = untold.map((one) =>
    one.sequence === sequence ? { ...one, hooks: one.hooks.filter((name) => name !== hook) } : one,
  );
  return { ...hooks, untold: left.filter((one) => one.hooks.length > 0) };
}

/** The causes that people have to be called for now, of all that there are. */
export function newCauses({ called }: Pick<HooksState, 'called'>, causes: readonly string[], atMs: number): string[] {
  return causes.filter((cause) => {
    const before = called[cause];
    return before === undefined || (before.isOver && atMs - before.atMs >= CALLED_AGAIN_AFTER_MS);
  });
}

/** People were called for `fresh`; what is not among `causes` any more is over. */
export function calledFor(
  hooks: HooksState,
  {
    causes,
    fresh,
    atMs,
  }: { readonly causes: readonly string[]; readonly fresh: readonly string[]; readonly atMs: number },
): HooksState {
  const before = Object.entries(hooks.called).map(([cause, call]) => {
    const isOver = !causes.includes(cause);
    return [cause, call.isOver === isOver ? call : { ...call, isOver }] as const;
  });
  const isSame = fresh.length === 0 && before.every(([cause, call]) => hooks.called[cause] === call);
  if (isSame) return hooks;
  const kept = before.filter(([cause]) => !fresh.includes(cause));
  const all = [...kept, ...fresh.map((cause) => [cause, { atMs, isOver: false }] as const)];
  return { ...hooks, called: Object.fromEntries(all.slice(-MOST_CALLED)) };
}

function withOneMore(hooks: HooksState, moment: Moment): HooksState {
  return { ...hooks, asked: { ...hooks.asked, [moment]: ordinalOf(hooks, moment) + 1 } };
}

/** The newest of them that fit. */
function withinBounds(untold: readonly Telling[]): readonly Telling[] {
  const kept = untold.slice(-MOST_UNTOLD);
  return kept.length > 1 && bytesOfJson([kept]) > MOST_UNTOLD_BYTES ? withinBounds(kept.slice(1)) : kept;
}
