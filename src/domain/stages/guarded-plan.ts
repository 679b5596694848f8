import type { AnalysisPlan } from '../analysis/plan.js';
import { checksOfPolicy, type RollbackPolicy } from './rollback-policy.js';

interface Guarded {
  readonly analysis: AnalysisPlan;
  readonly rollbackPolicy?: RollbackPolicy;
}

/** The plan as it is guarded and judged: what the policy asks for is asked beside the plan's own checks. */
export function guardedPlan<P extends Guarded>(plan: P): P {
  if (plan.rollbackPolicy === undefined) return plan;
  const checks = [...plan.analysis.checks, ...checksOfPolicy(plan.rollbackPolicy)];
  return { ...plan, analysis: { ...plan.analysis, checks } };
}
