import type { Bounds, MeasurementLimits } from '../../domain/analysis/plan.js';
import type { HealthEndpoint } from '../../domain/health/health-plan.js';
import type { ApprovalDemand } from '../../domain/stages/commands.js';
import type { CanaryPlan } from '../../domain/canary/plan.js';
import { canaryOptionsSchema, type WrittenOptions } from './options-schema.js';
import { draftOfOptions, OPTIONS_SURFACE } from './options.js';
import { readCanary, type Form } from './read.js';
import { DEFAULT_PLAN, type PlanDefaults } from '../defaults.js';
import { refusal } from '../reading/refusal.js';

/** A traffic share held for a time. */
export interface CanaryStageOptions {
  /** The candidate's share, a fraction in (0, 1]. Rises from stage to stage; the last is 1. */
  readonly traffic: number;
  /** How long the stage lasts. On the last stage `null`, or nothing, is the rollback window. */
  readonly durationMinutes?: number | null;
  /** It ends before its time as soon as every check has proof of health. @default as the plan says */
  readonly advanceOnEvidence?: boolean;
  /** How soon it may end on proof. @default as soon as there is proof */
  readonly minDurationMinutes?: number;
  /** How long it may last while its verdict is unknown; then `onUnknown` says what follows. */
  readonly maxDurationMinutes?: number;
  /** A person is asked at the end of the stage, after its verdict. */
  readonly approval?: {
    /** @default null, waits for ever */
    readonly timeoutMinutes?: number | null;
    /** What silence means. @default 'hold' */
    readonly onTimeout?: 'abort' | 'hold';
  };
}

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

/** A canary as a program writes it. */
export interface CanaryOptions {
  /** A name for people. */
  readonly name: string;
  /** As the worker's headgate.yaml names it. Optional where a service is configured once. */
  readonly service?: string;
  readonly version?: string;
  /** @default 5, 25, 50 and 100 % */
  readonly stages?: readonly CanaryStageOptions[];
  /** Every stage but the last may end early, on proof of health. @default false */
  readonly advanceOnEvidence?: boolean;
  /** For every stage but the last that does not say otherwise. */
  readonly minDurationMinutes?: number;
  /** For every stage but the last that does not say otherwise. */
  readonly maxDurationMinutes?: number;
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
  /** How long the last stage is guarded, the old backend warm. @default 10 */
  readonly rollbackWindowMinutes?: number;
  /** How often checks are applied, seconds. @default 60 */
  readonly monitoringInterval?: number;
  /** `false`: every stage waits for a promotion. @default true */
  readonly autoProgression?: boolean;
  /** `true`: before the final stage. @default false */
  readonly requireManualApproval?: ApprovalDemand;
  /** The stages stop short of 1 on purpose: wait there for a person. @default false */
  readonly holdAtEnd?: boolean;
  /** When a verdict stays unknown until the deadline. @default 'hold' */
  readonly onUnknown?: 'hold' | 'abort' | 'continue';
  /** How long a verdict may stay unknown. @default 30 */
  readonly deadlineMinutes?: number;
  /** When someone else moves the weights. @default 'hold' */
  readonly onDrift?: 'hold' | 'abort';
  /** What lets a stage pass: no evidence of harm, or evidence of health. @default 'no-harm' */
  readonly proof?: 'no-harm' | 'evidence';
  /** Where a person learns what to do: a URL. */
  readonly runbook?: string;
  /** Takes over mixed weights, on purpose: this backend is the baseline. */
  readonly adopt?: string;
}

const OPTIONS_FORM: Form<WrittenOptions> = {
  schema: canaryOptionsSchema,
  draftOf: draftOfOptions,
  surface: OPTIONS_SURFACE,
  standIns: { name: 'name', service: 'service' },
};

/**
 * The plan that a program's options mean: the same as a file's that says the same.
 *
 * @throws InvalidSpecError with every problem at once.
 */
export function canaryPlanFromOptions(options: CanaryOptions, defaults: PlanDefaults = DEFAULT_PLAN): CanaryPlan {
  const { plan, flaws } = readCanary(withoutUndefined(options), OPTIONS_FORM, defaults);
  if (plan === undefined) throw refusal('The canary', flaws);
  return plan;
}

/** `{ version: process.env.VERSION }` without the variable says nothing, and is no mistake. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, below]) => below !== undefined)
      .map(([key, below]) => [key, withoutUndefined(below)]),
  );
}
