import { bounded } from './bounded.js';
import type { Commanded } from './commands.js';
import type { AnyEvent, RolloutEvent } from './events.js';
import { reduceHooks } from './hook-changes.js';
import { recordOutcome, type Life } from './life.js';
import { journaled } from './record.js';
import { alarm, beginUndo, endStopped, stopFor } from './stopping.js';
import { didUndo, willUndo } from './undo.js';

/** What happens to a rollout of any kind; `C` are the commands that its kind takes. */
export type LifeEvent<C extends Commanded = Commanded> =
  Exclude<RolloutEvent, { readonly type: 'commanded' }> | ({ readonly type: 'commanded' } & C);

/** What only the kind knows about what happens to every rollout. */
export interface LifeRules<S extends Life, C extends Commanded = Commanded> {
  takeCommand(state: S, commanded: C): S;
  /** What has arrived counts now: the one place where it moves forward. Not asked once it is stopped. */
  proceed(state: S, atMs: number): S;
  /** What is undone, in words; `null` where nothing is. */
  undoWords(state: S): string | null;
  /** Why it has come to its good end. */
  readonly passedWords: string;
  /** What the kind changes besides, where the event has changed something. Absent: nothing. */
  alsoChanged?(state: S, before: S, event: LifeEvent<C>): S;
}

/** The rules of a life, for a kind that adds no events to them. Pure. */
export function reduceLife<S extends Life>(state: S, event: RolloutEvent, rules: LifeRules<S>): S {
  return continueLife(state, bounded(event), rules);
}

/** The same for an event that is short enough already. */
export function continueLife<S extends Life, C extends Commanded>(
  state: S,
  event: LifeEvent<C>,
  rules: LifeRules<S, C>,
): S {
  if (event.type === 'journaled') return journaled(state, event.upTo);
  if (event.type === 'hooked') return reduceHooks(state, event.change, event.atMs);
  if (event.type === 'commanded') return rules.takeCommand(state, event);
  if (comesTooLate(state, event)) return state;
  const lived = live(state, event, rules);
  const after = lived === state ? state : (rules.alsoChanged?.(lived, state, event) ?? lived);
  return recordOutcome(state, after, event.atMs, rules.passedWords);
}

/** Whether it has ended, and the event is not one of those that still count: a command is answered, the journal catches up, hooks are told. */
export function comesTooLate({ step }: Pick<Life, 'step'>, { type }: AnyEvent): boolean {
  return step === 'ended' && type !== 'commanded' && type !== 'journaled' && type !== 'hooked';
}

function live<S extends Life>(
  state: S,
  event: Exclude<RolloutEvent, { readonly type: 'commanded' | 'journaled' | 'hooked' }>,
  rules: Pick<LifeRules<S, never>, 'proceed' | 'undoWords'>,
): S {
  switch (event.type) {
    case 'proceeded':
      return state.stop === null ? rules.proceed(state, event.atMs) : state;
    case 'alarmed':
      return alarm(state, event);
    case 'faulted':
      return stopFor(state, { cause: 'fault', reason: event.reason, atMs: event.atMs });
    case 'undoPlanned':
      return willUndo(state, event.undo);
    case 'undoBegan':
      return beginUndo(state, rules.undoWords(state), event.atMs);
    case 'undoDone':
      return didUndo(state);
    case 'undone':
      return endStopped(state, event.atMs);
  }
}
