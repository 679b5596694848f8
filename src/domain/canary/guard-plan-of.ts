import { guardedPlan } from '../stages/guarded-plan.js';
import type { GuardPlan, PreflightPlan } from '../traffic/guard-plan.js';
import type { CanaryPlan } from './plan.js';

/** What its guard and its judge read of a canary's plan. */
export function guardPlanOf(plan: CanaryPlan): GuardPlan {
  const { service, version, analysis, health, autoRollback, monitoringIntervalMs } = guardedPlan(plan);
  return {
    service,
    analysis,
    monitoringIntervalMs,
    ...(version === undefined ? {} : { version }),
    ...(health === undefined ? {} : { health }),
    ...(autoRollback === undefined ? {} : { autoRollback }),
  };
}

/** What its preflight reads of it. */
export function preflightPlanOf(plan: CanaryPlan): PreflightPlan {
  const { adopt, stages } = plan;
  return {
    ...guardPlanOf(plan),
    stages: stages.map(({ trafficPercent }) => ({ trafficPercent })),
    ...(adopt === undefined ? {} : { adopt }),
  };
}
