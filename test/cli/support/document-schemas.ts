import { z } from 'zod';
import { EXIT_CODES, type Exit } from '../../../src/cli/exit-codes.js';
import type { Document, Kind } from '../../../src/cli/output/documents.js';
import { ALARM_CAUSES } from '../../../src/domain/rollout/alarms.js';
import { VERBS } from '../../../src/domain/stages/commands.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import { OUTCOMES, PHASES } from '../../../src/domain/rollout/phase.js';
import { STOP_CAUSES } from '../../../src/domain/rollout/stop.js';

/**
 * The documents as programs were promised them. Strict: a field that is new here is a field that docs/cli.md must name.
 */
const time = z.iso.datetime();
const commands = z.array(z.string().startsWith('headgate '));
const exits = Object.keys(EXIT_CODES) as Exit[];

function document<K extends Kind, Shape extends z.ZodRawShape>(kind: K, shape: Shape) {
  return z.strictObject({ schemaVersion: z.literal(1), kind: z.literal(kind), ...shape });
}

const weights = z.array(z.strictObject({ backend: z.string(), percent: z.number().min(0).max(100) }));
const slotVersion = z.strictObject({ slot: z.string(), version: z.string().nullable() });
const verdict = z.enum(['successful', 'failed', 'inconclusive', 'error']);
const count = z.int().min(0);

const stopOfLine = {
  id: z.string(),
  scope: z.array(z.string()),
  reason: z.string().nullable(),
  by: z.string().nullable(),
  at: time,
  inForceSince: time.nullable(),
  commandId: z.string().nullable(),
};
const freeze = z.array(z.strictObject(stopOfLine));
const lineStop = z.strictObject({
  ...stopOfLine,
  services: count.nullable(),
  inFlight: z.array(z.string()),
  left: z.array(z.strictObject({ service: z.string(), why: z.string() })),
  mixed: z.array(z.strictObject({ service: z.string(), weights })),
  unmatched: z.array(z.string()),
});

const increase = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

const proof = z.strictObject({
  proven: z.boolean(),
  requests: z.number().nullable(),
  afterMs: z.number().nullable(),
  missing: z.string().nullable(),
});

const check = z.strictObject({
  name: z.string(),
  verdict,
  value: z.number().nullable(),
  baselineValue: z.number().nullable(),
  bound: z.string(),
  unit: z.enum(['fraction', 'ms', 'perSecond', 'number']),
  candidateRequests: count,
  baselineRequests: count,
  reason: z.string(),
  recent: z.array(z.number()),
  proof: proof.nullable().exactOptional(),
  missing: z.string().nullable().exactOptional(),
  interval: z.strictObject({ low: z.number(), high: z.number() }).nullable().exactOptional(),
  increase: increase.nullable().exactOptional(),
  suspended: z.boolean().exactOptional(),
  healthScore: z.number().min(0).max(1).nullable().exactOptional(),
});

const runs = z.array(z.strictObject({ verdict, from: time, to: time, intervals: count }));

const backtestStage = z.strictObject({
  stage: count,
  trafficPercent: z.number(),
  startedAt: time,
  endedAt: time,
  intervals: count,
  candidateRequests: z.number(),
  baselineRequests: z.number(),
  verdicts: runs,
  checks: z.array(
    z.strictObject({
      name: z.string(),
      bound: z.string(),
      verdicts: runs,
      failedAt: time.nullable(),
      sentence: z.string(),
    }),
  ),
  decisions: z.array(
    z.strictObject({
      kind: z.enum(['passed', 'rolledBack', 'held', 'kept']),
      by: z.enum(['checks', 'probes', 'judgement']),
      at: time,
      verdict,
      reason: z.string(),
    }),
  ),
});

const backtestRollout = z.strictObject({
  rolloutId: z.string(),
  service: z.string(),
  outcome: z.strictObject({
    kind: z.enum(['promoted', 'rolledBack', 'held', 'unknown']),
    stage: count,
    at: time,
    reason: z.string(),
  }),
  requestsExposed: z.number(),
  stages: z.array(backtestStage),
  record: z.strictObject({ compared: count, differences: z.array(z.string()) }).nullable(),
  gaps: z.array(z.string()),
});

const explainedStage = z.strictObject({
  stage: count,
  trafficPercent: z.number(),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  conclusion: z.string().nullable(),
  source: z.enum(['live', 'observations', 'none']),
  checks: z.array(
    check
      .omit({
        reason: true,
        recent: true,
        missing: true,
        interval: true,
        increase: true,
        suspended: true,
        healthScore: true,
        proof: true,
      })
      .extend({
        sentence: z.string(),
        missing: z.string().nullable(),
        interval: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
        increase: increase.nullable(),
        suspended: z.boolean(),
        healthScore: z.number().min(0).max(1).nullable(),
        proof: proof.nullable(),
      }),
  ),
});

const stage = z.strictObject({
  trafficPercent: z.number(),
  durationMs: z.number(),
  advanceOnEvidence: z.boolean().exactOptional(),
  minDurationMs: z.number().exactOptional(),
  maxDurationMs: z.number().exactOptional(),
  state: z.enum(['upcoming', 'current', 'passed', 'stopped']),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  conclusion: z.string().nullable(),
  byChecks: z.literal(true).exactOptional(),
  needsApproval: z.boolean(),
});

const summary = {
  id: z.string(),
  service: z.string(),
  strategy: z.string(),
  phase: z.enum([...PHASES, 'terminated', 'failed']),
  stage: count,
  trafficPercentage: z.number(),
  needsHuman: z.boolean(),
  startedAt: time,
  endedAt: time.nullable(),
};

const finding = z.strictObject({
  rule: z.string(),
  path: z.string(),
  message: z.string(),
  expected: z.string().nullable(),
  got: z.string().nullable(),
  remedy: z.string().nullable(),
  at: z.string().nullable(),
});

const historyItem = {
  at: time,
  rolloutId: z.string(),
  type: z.enum(['started', 'decision', 'command', 'outcome', 'break-glass', 'event']),
  what: z.string(),
  why: z.string().nullable(),
  identity: z.string().nullable(),
  claimedBy: z.string().nullable(),
};

const share = z.number().min(0).max(1);
const sharePart = z.strictObject({ share, plusMinus: z.number().min(0) });
const spread = z.strictObject({ median: z.number(), p90: z.number() }).nullable();
const version = z.strictObject({
  errorRate: share,
  latency: z.strictObject({ medianMs: z.number().positive(), p99Ms: z.number().positive() }),
});

const readings = z.array(z.strictObject({ instance: z.string(), weights: weights.nullable() }));

const deploymentHealth = {
  id: z.string(),
  service: z.string(),
  environments: z.record(
    z.string(),
    z.strictObject({
      health: share.nullable(),
      isHealthy: z.boolean().nullable(),
      endpoints: z.record(
        z.string(),
        z.strictObject({ success: share.nullable(), probes: count, lastFailure: z.string().nullable() }),
      ),
    }),
  ),
  source: z.enum(['watch', 'probes']),
  asOf: time,
  trouble: z.array(z.string()).exactOptional(),
};

const trafficMetrics = {
  requestRate: z.number().exactOptional(),
  errorRate: share.exactOptional(),
  successRate: share.exactOptional(),
  latencyP50: z.number().exactOptional(),
  latencyP95: z.number().exactOptional(),
  latencyP99: z.number().exactOptional(),
  activeUsers: z.number().exactOptional(),
  requests: z.number().exactOptional(),
  errors: z.number().exactOptional(),
  unanswered: z.number().exactOptional(),
  coverage: share,
};

export const DOCUMENT_SCHEMAS = {
  RolloutStatus: document('RolloutStatus', {
    freeze: freeze.exactOptional(),
    id: z.string(),
    name: z.string(),
    service: z.string(),
    version: z.string().nullable(),
    phase: z.enum(PHASES),
    outcome: z.enum(OUTCOMES).nullable(),
    moved: z.boolean(),
    undo: z.strictObject({ to: z.string().nullable(), now: z.boolean() }).exactOptional(),
    problems: z
      .array(z.strictObject({ subject: z.string(), message: z.string(), expected: z.string(), remedy: z.string() }))
      .exactOptional(),
    serves: z
      .strictObject({
        slot: z.string(),
        version: z.string().nullable(),
        rolloutId: z.string(),
        at: time,
        fence: count,
        weights,
        before: slotVersion.nullable(),
        idle: z.string().nullable(),
      })
      .exactOptional(),
    stop: z
      .strictObject({ cause: z.enum(STOP_CAUSES), at: time.nullable(), checks: z.array(z.string()).exactOptional() })
      .nullable(),
    currentStage: count,
    stageCount: count,
    trafficPercentage: z.number().min(0).max(100),
    roles: z.strictObject({ baseline: z.string(), candidate: z.string() }).nullable(),
    desired: weights.nullable(),
    observed: weights.nullable(),
    healthScore: z.number().min(0).max(1).nullable(),
    verdict: verdict.nullable(),
    checks: z.array(check),
    stages: z.array(stage),
    isComplete: z.boolean(),
    startedAt: time,
    endedAt: time.nullable(),
    stageStartedAt: time.nullable(),
    stageEndsAt: time.nullable(),
    pausedRemainingMs: z.number().nullable(),
    resumesAt: z.string().nullable(),
    deadline: z
      .strictObject({
        for: z.enum(['approval', 'unknown']),
        at: z.iso.datetime().nullable(),
        then: z.enum(['abort', 'hold', 'continue']),
      })
      .nullable(),
    reason: z.string(),
    autoRollback: z.boolean().exactOptional(),
    rollbackPolicy: z.string().exactOptional(),
    needsHuman: z.string().nullable(),
    alarms: z.array(z.enum(ALARM_CAUSES)).exactOptional(),
    takes: z.array(z.enum(VERBS)),
    warnings: z.array(z.string()),
    history: z.array(z.strictObject({ at: time, what: z.string(), by: z.string().exactOptional() })),
    requestedBy: z.string().nullable(),
    requestId: z.string().nullable(),
    worker: z.enum(['answering', 'busy', 'none', 'journal']),
    asOf: time,
    next: commands,
  }),
  RolloutSummary: document('RolloutSummary', summary),
  RolloutList: document('RolloutList', { items: z.array(z.strictObject(summary)), freeze: freeze.exactOptional() }),
  RolloutStarted: document('RolloutStarted', {
    id: z.string(),
    service: z.string(),
    attached: z.boolean(),
    preflight: z.enum(['passed', 'unanswered']),
    warnings: z.array(z.string()),
  }),
  CommandResult: document('CommandResult', {
    id: z.string(),
    verb: z.enum(VERBS),
    phase: z.string(),
    currentStage: count,
    effect: z.string(),
    answered: z.boolean(),
    next: commands,
  }),
  History: document('History', {
    source: z.enum(['journal', 'temporal']),
    items: z.array(z.strictObject(historyItem)),
  }),
  HistoryItem: document('HistoryItem', historyItem),
  Validation: document('Validation', {
    valid: z.boolean(),
    files: z.array(
      z.strictObject({
        file: z.string(),
        valid: z.boolean(),
        specs: z.array(z.strictObject({ kind: z.string(), service: z.string(), version: z.string().nullable() })),
        problems: z.array(finding),
        notes: z.array(z.string()),
        advice: z.array(z.string()),
      }),
    ),
  }),
  Plan: document('Plan', {
    plans: z.array(z.custom<CanaryPlan>((plan) => typeof plan === 'object' && plan !== null && 'stages' in plan)),
    notes: z.array(z.string()),
    advice: z.array(z.string()),
  }),
  Simulation: document('Simulation', {
    service: z.string(),
    plannedMs: z.number().min(0),
    model: z.strictObject({
      requestsPerSecond: z.number().positive(),
      baseline: version,
      candidate: version,
      degradation: z.strictObject({ atMs: z.number(), overMs: z.number(), to: version }).nullable(),
      dispersion: z.number().min(1),
      shocks: z.strictObject({ everyMs: z.number(), lastMs: z.number(), errorRate: share }).nullable(),
    }),
    runs: count,
    seed: count,
    notes: z.array(z.string()),
    policies: z.array(
      z.strictObject({
        policy: z.string(),
        healthy: z.strictObject({
          falseRollbacks: sharePart,
          promoted: share,
          held: share,
          aborted: share,
          timeToFullMs: spread,
        }),
        bad: z
          .strictObject({
            detected: sharePart,
            promoted: share,
            held: share,
            aborted: share,
            detectionMs: spread,
            exposedRequests: spread,
            shareAtRollbackPercent: spread,
          })
          .nullable(),
      }),
    ),
  }),
  Backtest: document('Backtest', { policy: z.string(), rollouts: z.array(backtestRollout) }),
  Observations: document('Observations', {
    rolloutId: z.string(),
    service: z.string(),
    place: z.string(),
    intervals: count,
    from: time.nullable(),
    to: time.nullable(),
    gaps: z.array(z.string()),
  }),
  Explanation: document('Explanation', {
    id: z.string(),
    service: z.string(),
    phase: z.enum(PHASES),
    outcome: z.enum(OUTCOMES).nullable(),
    reason: z.string(),
    stages: z.array(explainedStage),
    next: commands,
  }),
  Health: document('Health', { items: z.array(z.strictObject(deploymentHealth)) }),
  DeploymentHealth: document('DeploymentHealth', deploymentHealth),
  Metrics: document('Metrics', {
    id: z.string(),
    service: z.string(),
    timeRange: z.string(),
    ...trafficMetrics,
    backends: z.record(z.string(), z.strictObject(trafficMetrics)),
    from: time,
    to: time,
    trouble: z.array(z.string()).exactOptional(),
  }),
  Doctor: document('Doctor', {
    ok: z.boolean(),
    checks: z.array(
      z.strictObject({
        name: z.string(),
        ok: z.boolean(),
        message: z.string(),
        remedy: z.string().nullable(),
        commands: z.array(z.string()),
      }),
    ),
  }),
  Configuration: document('Configuration', { configuration: z.looseObject({ file: z.string().nullable() }) }),
  Files: document('Files', { written: z.array(z.string()), kept: z.array(z.string()) }),
  Demo: document('Demo', {
    asItMust: z.boolean(),
    chapters: z.array(z.strictObject({ title: z.string(), outcome: z.enum(OUTCOMES).nullable(), tookMs: z.number() })),
  }),
  BreakGlassAll: document('BreakGlassAll', {
    services: z.array(
      z.strictObject({ service: z.string(), weights: weights.nullable(), left: z.string().nullable() }),
    ),
    unknown: z.array(z.string()),
    journaled: z.boolean(),
  }),
  LineStopped: document('LineStopped', {
    isInForce: z.boolean(),
    worker: z.enum(['answering', 'none']),
    stop: lineStop.nullable(),
    stops: z.array(lineStop),
    next: commands,
  }),
  LineReleased: document('LineReleased', { effect: z.string().nullable(), freeze, next: commands }),
  BreakGlass: document('BreakGlass', {
    service: z.string(),
    fence: z.int().min(1),
    before: readings,
    after: z.array(z.strictObject({ instance: z.string(), weights: weights.nullable(), done: z.boolean() })),
    journaled: z.boolean(),
    warnings: z.array(z.string()),
  }),
  Error: document('Error', {
    code: z.string().regex(/^[A-Z_]+$/),
    reason: z.enum(exits),
    exitCode: z.int().min(1),
    message: z.string(),
    expected: z.string().nullable(),
    got: z.string().nullable(),
    hint: z.string().nullable(),
    next: z.array(z.string()),
    problems: z.array(finding),
  }),
} satisfies { readonly [K in Kind]: z.ZodType<Document<K>> };

/** A document in its promised shape. */
export function parseDocument(text: string): Document {
  const value = JSON.parse(text) as { readonly kind: Kind };
  const schema = Object.entries(DOCUMENT_SCHEMAS).find(([kind]) => kind === value.kind)?.[1];
  if (schema === undefined) throw new Error(`no document of kind ${value.kind} was promised`);
  return schema.parse(value);
}
