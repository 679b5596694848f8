import type { HealthEndpoint } from '../../domain/health/health-plan.js';
import type { Bounds, MeasurementLimits } from '../../domain/analysis/plan.js';

/** What a metric may be. Error and success rates are fractions, latencies milliseconds, requestRate per second. */
export interface SuccessCriterion extends Bounds, MeasurementLimits {
  /** Relative to the baseline at the same moment: 0.5 is half as much again, 0 is no worse. */
  readonly maxIncrease?: number;
  /** Where a metric of your own comes from, in the metric source's language. */
  readonly query?: string;
  /** Which of the worker's metric sources answers the query. @default the one of the service */
  readonly source?: string;
  /** How many requests of the candidate a stage needs before this may pass. @default 100 */
  readonly minRequests?: number;
  /** Every measurement looks back over so much time. @default the monitoring interval */
  readonly windowSeconds?: number;
}

/** When traffic goes back, as a program writes it. */
export interface RollbackPolicyOptions {
  /** The largest share of requests that may fail, a fraction. */
  readonly errorRateThreshold?: number;
  /** The candidate's p99 latency may be so many times the baseline's at the same moment: 1.5 is half as slow again. */
  readonly latencyIncrease?: number;
  /** The smallest share of requests that must succeed, a fraction. */
  readonly successRateMinimum?: number;
  /** Every look at a rate goes back over so much time: seconds, or `'5m'`. @default evidence from all requests */
  readonly evaluationWindow?: number | string;
  /** So many looks at a rate in a row must find it beyond its bound. */
  readonly consecutiveFailures?: number;
}

/** What guards a rollout, and what follows when nothing is known, as a program writes it. */
export interface GuardOptions {
  /**
   * What must hold, by metric: `errorRate`, `successRate`, `latencyP50`, `latencyP95`, `latencyP99`, `requestRate`, or
   * a name of your own with its `query`. Without any only probes guard the rollout.
   */
  readonly successCriteria?: Readonly<Record<string, SuccessCriterion>>;
  /** When traffic goes back, beside the criteria; may be changed while the rollout runs. */
  readonly rollbackPolicy?: RollbackPolicyOptions;
  /** `false`: what fails holds and calls a person instead of rolling back. @default true */
  readonly autoRollback?: boolean;
  /** How the candidate's own endpoints are probed. */
  readonly health?: {
    /** Paths, e.g. `/health`, or paths with more to ask of the answer. */
    readonly endpoints: readonly HealthEndpoint[];
    /** @default 30 */
    readonly intervalSeconds?: number;
    /** @default 2 */
    readonly timeoutSeconds?: number;
    /** The share of probes that must succeed, 0–1. @default 0.95 */
    readonly successThreshold?: number;
    /** So many failures of one endpoint in a row are enough. @default 3 */
    readonly consecutiveFailures?: number;
  };
  /** How often checks are applied, seconds. @default 60 */
  readonly monitoringInterval?: number;
  /** When a verdict stays unknown until the deadline. @default 'hold' */
  readonly onUnknown?: 'hold' | 'abort' | 'continue';
  /** How long a verdict may stay unknown. @default 30 */
  readonly deadlineMinutes?: number;
  /** When someone else moves the weights. @default 'hold' */
  readonly onDrift?: 'hold' | 'abort';
  /** Where a person learns what to do: a URL. */
  readonly runbook?: string;
  /** Takes over mixed weights, on purpose: this backend is the baseline. */
  readonly adopt?: string;
}
