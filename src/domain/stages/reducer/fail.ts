import { undecidedBreach, type Hold } from '../../rollout/holds.js';
import type { StagesState } from '../state.js';
import { holdFor } from './stages.js';
import { stopFor } from './stop.js';

/** What failed, as it is undone at once or held for a person. */
export type Breach = NonNullable<Hold['breach']>;

/** Undoes a stage that failed, or holds it and calls a person where the plan says that a person decides. */
export function failFor<S extends StagesState>(state: S, breach: Breach, atMs: number): S {
  // What a guard has undone is undone, whatever was decided meanwhile.
  if (state.plan.autoRollback !== false || breach.undoneAtMs !== undefined) return stopFor(state, { ...breach, atMs });
  if (state.stop !== null || undecidedBreach(state) !== undefined) return state;
  const reason = `${breach.reason}; nothing rolls back by itself here, a person must decide`;
  return holdFor({ ...state, promotion: null }, { kind: 'breach', reason, sinceMs: atMs, needsHuman: true, breach });
}
