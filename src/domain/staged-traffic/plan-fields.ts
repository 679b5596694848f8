import type {
  AnalysisPlan,
  BaselineCheck,
  Check,
  CustomCheck,
  MeasurementLimits,
  SequentialCheck,
  ThresholdCheck,
} from '../analysis/plan.js';
import {
  byKind,
  flag,
  line,
  list,
  mapped,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
  type Fields,
} from '../reading/combinators.js';
import { onGrain } from '../percent.js';
import { wholeMs } from '../time-rules.js';
import { LONGEST, MOST } from '../rollout/bounds.js';
import { MOST_STAGES } from '../stages/bounds.js';
import type { ApprovalPlan, StagePlan, UnknownPolicy } from '../stages/plan.js';
import type { StagedTrafficPlan } from './plan.js';
import { healthPlan } from '../health/health-fields.js';
import type { RollbackPolicy } from '../stages/rollback-policy.js';

const name = line({ max: LONGEST.name });
const amount = optional(number());
/** Timers know whole milliseconds: what the rules see is what is waited for. */
const time = mapped(number(), wholeMs);

/** What is asked of a person, and what silence means. */
export const readApproval = object<ApprovalPlan>({ timeoutMs: nullable(time), onTimeout: oneOf(['abort', 'hold']) });

const stage = object<StagePlan>({
  trafficPercent: mapped(number({ rule: 'stages.range' }), onGrain),
  durationMs: time,
  advanceOnEvidence: optional(flag),
  minDurationMs: optional(time),
  maxDurationMs: optional(time),
  approval: optional(readApproval),
});

const limits: Fields<MeasurementLimits> = {
  failureLimit: amount,
  inconclusiveLimit: amount,
  consecutiveErrorLimit: amount,
  consecutiveSuccessLimit: amount,
  consecutiveFailureLimit: amount,
  count: amount,
};

const question = {
  query: optional(text({ max: LONGEST.query, remedy: 'Let the source compute it under a name of its own' })),
  source: optional(text({ max: LONGEST.slot })),
  windowMs: optional(time),
};

const bounds = { max: amount, min: amount };

const check = byKind<Check>({
  threshold: object<ThresholdCheck>({
    kind: oneOf(['threshold']),
    metric: name,
    ...bounds,
    ...limits,
    ...question,
    minRequests: amount,
  }),
  sequential: object<SequentialCheck>({ kind: oneOf(['sequential']), metric: name, ...bounds, minRequests: amount }),
  baseline: object<BaselineCheck>({
    kind: oneOf(['baseline']),
    metric: name,
    maxIncrease: number({ rule: 'checks.increase' }),
    minRequests: amount,
  }),
  custom: object<CustomCheck>({ kind: oneOf(['custom']), name, ...bounds, ...limits, ...question }),
});

const analysis = object<AnalysisPlan>({
  checks: list(check, { max: MOST.checks, of: 'checks', rule: 'checks.many' }),
  alpha: amount,
  proof: optional(oneOf(['no-harm', 'evidence'])),
  // What the baseline did before is asked of the metric source, never handed in.
  dispersion: amount,
});

const rollbackPolicy = object<RollbackPolicy>({
  errorRateThreshold: amount,
  latencyIncrease: amount,
  successRateMinimum: amount,
  evaluationWindowMs: optional(time),
  consecutiveFailures: amount,
});

/** What every plan has by which a service's traffic moves. */
export type PlainPlan = Omit<StagedTrafficPlan, 'begin'>;

/** What a plan is made of. Whether its values make sense is told by the rules over them. */
export const PLAN_FIELDS: Fields<PlainPlan> = {
  // Their rules tell how long they may be.
  service: text({ max: Infinity }),
  version: optional(text({ max: Infinity })),
  name,
  stages: list(stage, { max: MOST_STAGES, of: 'stages', rule: 'stages.many' }),
  analysis,
  rollbackPolicy: optional(rollbackPolicy),
  autoRollback: optional(flag),
  health: optional(healthPlan),
  monitoringIntervalMs: time,
  autoProgression: flag,
  onUnknown: object<UnknownPolicy>({ action: oneOf(['hold', 'abort', 'continue']), deadlineMs: time }),
  onDrift: oneOf(['hold', 'abort']),
  adopt: optional(text({ max: LONGEST.slot })),
  runbook: optional(text({ max: LONGEST.address })),
};
