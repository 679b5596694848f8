import type { AnalysisPlan } from '../analysis/plan.js';
import type { HealthPlan } from '../health/health-plan.js';

/** What guards and judges a service's traffic read of a rollout's plan, of whatever kind. */
export interface GuardPlan {
  readonly service: string;
  /** Stands for `{{version}}` in queries. */
  readonly version?: string;
  readonly analysis: AnalysisPlan;
  readonly health?: HealthPlan;
  /** `false`: what fails holds and calls a person instead of rolling back. @default true */
  readonly autoRollback?: boolean;
  /** How often checks are applied. */
  readonly monitoringIntervalMs: number;
}

/** What is looked at before the first percent moves. */
export interface PreflightPlan extends GuardPlan {
  /** The shares that the data plane must be able to set. */
  readonly sharesPercent: readonly number[];
  /** Takes over mixed weights: this backend is the baseline, whatever the router says. */
  readonly adopt?: string;
}

/** The alarm of a stage whose watch waits for a slot. */
export const UNGUARDED =
  'nobody guards the stage: every watch slot is taken; add workers or raise worker.maxConcurrentWatches';
