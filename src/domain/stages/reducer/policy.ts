import type { SetRollbackPolicyCommand } from '../commands.js';
import type { StagesPlan } from '../plan.js';
import { policyWords } from '../rollback-policy.js';
import { undecidedBreach } from '../../rollout/holds.js';
import type { StagesState } from '../state.js';
import { stopFor } from './stop.js';

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

export function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
