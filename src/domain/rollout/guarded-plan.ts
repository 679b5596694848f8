import type { CanaryPlan } from './plan.js';
import { checksOfPolicy } from './rollback-policy.js';

/** The plan as it is guarded and judged: what the policy asks for is asked beside the plan's own checks. */
export function guardedPlan(plan: CanaryPlan): CanaryPlan {
  if (plan.rollbackPolicy === undefined) return plan;
  const checks = [...plan.analysis.checks, ...checksOfPolicy(plan.rollbackPolicy)];
  return { ...plan, analysis: { ...plan.analysis, checks } };
}
