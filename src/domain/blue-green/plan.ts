import type { Probing } from '../health/health-plan.js';
import type { StagedTrafficPlan } from '../staged-traffic/plan.js';

/** What brings an environment up, by name: plain data without secrets. */
export type EnvironmentConfig = Readonly<Record<string, unknown>>;

/**
 * Everything a blue-green rollout needs to know, as plain data without secrets: the workflow's input.
 *
 * Its one stage has all the traffic, and lasts as long as the rollback window.
 */
export interface BlueGreenPlan extends StagedTrafficPlan {
  /** What the `prepare` hook is given, by the name of the environment: that of a backend of the service. */
  readonly environments: Readonly<Record<string, EnvironmentConfig>>;
  /** How both environments are probed, whatever is asked of them. Absent parts: as the service says. */
  readonly probing?: Probing;
  /** Traffic is switched when a person says so, or as soon as the idle environment is known to be healthy. */
  readonly switchWhen: 'command' | 'healthy';
}
