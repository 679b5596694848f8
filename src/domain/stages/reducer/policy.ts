import type { SetRollbackPolicyCommand } from '../commands.js';
import type { StagesPlan } from '../plan.js';
import { policyWords } from '../rollback-policy.js';
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

/** From now on this policy: the watch begins anew with it, and a question that is open is asked again. */
export function setPolicy<S extends StagesState>(state: S, command: SetRollbackPolicyCommand, atMs: number): S {
  const changed: S = {
    ...state,
    plan: changedPlan(state.plan, command),
    policyRevision: state.policyRevision + 1,
    ...(state.step === 'judging' ? { verdict: null, verdictReason: null } : {}),
  };
  const breach = undecidedBreach(changed);
  return breach === undefined || changed.plan.autoRollback === false ? changed : stopFor(changed, { ...breach, atMs });
}

function changedPlan(before: StagesPlan, { policy, autoRollback }: SetRollbackPolicyCommand): StagesPlan {
  const { rollbackPolicy, ...plan } = before;
  const next = policy === undefined ? rollbackPolicy : (policy ?? undefined);
  return {
    ...plan,
    ...(next === undefined ? {} : { rollbackPolicy: next }),
    ...(autoRollback === undefined ? {} : { autoRollback }),
  };
}

/** What was, and what is from now on: `Rollback policy: none → error rate at most 2 %`. */
export function policyChangeWords({ plan }: StagesState, { policy, autoRollback }: SetRollbackPolicyCommand): string {
  const wasAutomatic = plan.autoRollback !== false;
  return [
    ...(policy === undefined
      ? []
      : [`Rollback policy: ${policyWords(plan.rollbackPolicy)} → ${policyWords(policy ?? undefined)}`]),
    ...(autoRollback === undefined ? [] : [`Auto-rollback: ${onOff(wasAutomatic)} → ${onOff(autoRollback)}`]),
  ].join('; ');
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
