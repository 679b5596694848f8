import type { StagesPlan } from '../stages/plan.js';
import type { HealthPlan } from '../traffic/health-plan.js';

/** Everything a canary rollout needs to know, as plain data without secrets: the workflow's input. */
export interface CanaryPlan extends StagesPlan {
  readonly service: string;
  /** A name for people; the service's when none was given. */
  readonly name: string;
  /** A label for people, checked against the candidate where the service can tell its version. */
  readonly version?: string;
  readonly health?: HealthPlan;
  /** Takes over mixed weights: this backend is the baseline, whatever the router says. */
  readonly adopt?: string;
  /** Where a person learns what to do, e.g. a runbook's URL. */
  readonly runbook?: string;
}
