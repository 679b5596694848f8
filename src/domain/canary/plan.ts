import type { StagedTrafficPlan } from '../staged-traffic/plan.js';

/** Everything a canary rollout needs to know, as plain data without secrets: the workflow's input. */
export type CanaryPlan = StagedTrafficPlan;
