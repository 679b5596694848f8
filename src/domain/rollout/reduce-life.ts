import { bounded } from './bounded.js';
import type { Commanded } from './commands.js';
import type { RolloutEvent } from './events.js';
import { recordOutcome, type Life } from './life.js';
import { journaled } from './record.js';
import { alarm, beginUndo, endStopped, stopFor } from './stopping.js';
import { didUndo, willUndo } from './undo.js';

/** What only the kind knows about what happens to every rollout. */
export interface LifeRules<S extends Life> {
  takeCommand(state: S, commanded: Commanded): S;
  /** What has arrived counts now: the one place where it moves forward. Not asked once it is stopped. */
  proceed(state: S, atMs: number): S;
  /** What is undone, in words; `null` where nothing is. */
  undoWords(state: S): string | null;
  /** Why it has come to its good end. */
  readonly passedWords: string;
}

/** The rules of a life, for a kind that adds nothing to them. Pure. */
export function reduceLife<S extends Life>(state: S, arrived: RolloutEvent, rules: LifeRules<S>): S {
  const event = bounded(arrived);
  if (event.type === 'journaled') return journaled(state, event.upTo);
  if (state.step === 'ended') return event.type === 'commanded' ? rules.takeCommand(state, event) : state;
  switch (event.type) {
    case 'commanded':
      return rules.takeCommand(state, event);
    case 'proceeded': {
      if (state.stop !== null) return state;
      return recordOutcome(state, rules.proceed(state, event.atMs), event.atMs, rules.passedWords);
    }
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
      return recordOutcome(state, endStopped(state, event.atMs), event.atMs, rules.passedWords);
  }
}
