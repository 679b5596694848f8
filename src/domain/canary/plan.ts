import type { StagedTrafficPlan } from '../staged-traffic/plan.js';

/** Everything a canary rollout needs to know, as plain data without secrets: the workflow's input. */
export interface CanaryPlan extends StagedTrafficPlan {
  /** A name for people; the service's when none was given. */
  readonly name: string;
  /** Where a person learns what to do, e.g. a runbook's URL. */
  readonly runbook?: string;
}
