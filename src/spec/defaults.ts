import type { HealthPlan } from '../domain/health/health-plan.js';

/** What a specification need not say. An installation may say it once instead (environment, headgate.yaml). */
export interface PlanDefaults {
  /** The default plan's shares, in percent; the last is 100. */
  readonly stagesPercent: readonly number[];
  /** How long a stage of the default plan bakes. */
  readonly stageDurationMs: number;
  readonly rollbackWindowMs: number;
  readonly monitoringIntervalMs: number;
  readonly autoProgression: boolean;
  readonly unknownDeadlineMs: number;
  /** How the endpoints of `health:` are probed. */
  readonly health: Omit<HealthPlan, 'endpoints'>;
  /** How the environments of a blue-green rollout are probed, and how long the old one stays up. */
  readonly blueGreen: {
    readonly intervalMs: number;
    readonly successThreshold: number;
    readonly rollbackWindowMs: number;
  };
  /** Services whose endpoints are probed when a specification has no `health:` of its own. */
  readonly healthOf: Readonly<Record<string, HealthPlan>>;
}

export const DEFAULT_PLAN: PlanDefaults = {
  stagesPercent: [5, 25, 50, 100],
  stageDurationMs: 10 * 60_000,
  rollbackWindowMs: 10 * 60_000,
  monitoringIntervalMs: 60_000,
  autoProgression: true,
  unknownDeadlineMs: 30 * 60_000,
  health: { intervalMs: 30_000, timeoutMs: 2000, successThreshold: 0.95 },
  blueGreen: { intervalMs: 30_000, successThreshold: 0.95, rollbackWindowMs: 60 * 60_000 },
  healthOf: {},
};

/** A first share above this is a bet with too many users. */
export const LARGE_FIRST_SHARE_PERCENT = 10;

/** A step that multiplies the users by more than this skips what the stage between would have shown. */
export const LARGE_STEP = 5;

/** Looking more often than this costs more than it finds. */
export const SHORT_INTERVAL_MS = 1000;
