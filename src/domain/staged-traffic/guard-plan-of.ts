import { guardedPlan } from '../stages/guarded-plan.js';
import type { GuardPlan, PreflightPlan } from '../traffic/guard-plan.js';
import type { StagedTrafficPlan } from './plan.js';

/** What the guard and the judge read of a plan. */
export function guardPlanOf(plan: StagedTrafficPlan): GuardPlan {
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

/** What the preflight reads of it. */
export function preflightPlanOf(plan: StagedTrafficPlan): PreflightPlan {
  const { adopt, stages } = plan;
  return {
    ...guardPlanOf(plan),
    sharesPercent: stages.map(({ trafficPercent }) => trafficPercent),
    ...(adopt === undefined ? {} : { adopt }),
  };
}
