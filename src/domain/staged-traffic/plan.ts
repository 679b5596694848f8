import type { StagesPlan } from '../stages/plan.js';
import type { HealthPlan } from '../health/health-plan.js';

/** A plan by which a service's traffic moves in stages: plain data without secrets. */
export interface StagedTrafficPlan extends StagesPlan {
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
