import { isCountedMetric } from '../../domain/analysis/plan.js';
import type { CanaryDraft, CheckDraft, HealthDraft, RollbackPolicyDraft, StageDraft, Surface } from './draft.js';
import type { WrittenOptions } from './options-schema.js';

export const OPTIONS_SURFACE: Surface = {
  names: {
    trafficPercent: 'traffic',
    durationMs: 'durationMinutes',
    minDurationMs: 'minDurationMinutes',
    maxDurationMs: 'maxDurationMinutes',
    timeoutMs: 'timeoutMinutes',
    windowMs: 'windowSeconds',
    evaluationWindowMs: 'evaluationWindow',
    monitoringIntervalMs: 'monitoringInterval',
    deadlineMs: 'deadlineMinutes',
    rollbackWindowMs: 'rollbackWindowMinutes',
    intervalMs: 'intervalSeconds',
  },
};

export function draftOfOptions(options: WrittenOptions): CanaryDraft {
  return {
    service: options.service,
    name: options.name,
    version: options.version,
    stages: options.stages?.map(stageDraft),
    advanceOnEvidence: options.advanceOnEvidence,
    minDurationMs: options.minDurationMinutes,
    maxDurationMs: options.maxDurationMinutes,
    checks: Object.entries(options.successCriteria ?? {}).map(([key, criterion]) => checkDraft(key, criterion)),
    rollbackPolicy: options.rollbackPolicy === undefined ? undefined : policyDraft(options.rollbackPolicy),
    autoRollback: options.autoRollback,
    health: options.health === undefined ? undefined : healthDraft(options.health),
    rollbackWindowMs: options.rollbackWindowMinutes,
    monitoringIntervalMs: options.monitoringInterval,
    autoProgression: options.autoProgression,
    requireManualApproval: options.requireManualApproval,
    holdAtEnd: options.holdAtEnd,
    onUnknown: options.onUnknown,
    deadlineMs: options.deadlineMinutes,
    onDrift: options.onDrift,
    proof: options.proof,
    runbook: options.runbook,
    adopt: options.adopt,
  };
}

function stageDraft({
  traffic,
  durationMinutes,
  advanceOnEvidence,
  minDurationMinutes,
  maxDurationMinutes,
  approval,
}: NonNullable<WrittenOptions['stages']>[number]): StageDraft {
  return {
    trafficPercent: traffic,
    durationMs: durationMinutes,
    advanceOnEvidence,
    minDurationMs: minDurationMinutes,
    maxDurationMs: maxDurationMinutes,
    approval:
      approval === undefined
        ? undefined
        : { timeoutMs: approval.timeoutMinutes ?? null, onTimeout: approval.onTimeout ?? 'hold' },
  };
}

function checkDraft(
  key: string,
  {
    query,
    source,
    max,
    min,
    maxIncrease,
    minRequests,
    windowSeconds,
    ...limits
  }: NonNullable<WrittenOptions['successCriteria']>[string],
): CheckDraft {
  return {
    path: ['successCriteria', key],
    ...(isCountedMetric(key) ? { metric: key } : { name: key }),
    query,
    source,
    max,
    min,
    maxIncrease,
    minRequests,
    limits: { ...limits, windowMs: windowSeconds },
  };
}

export function policyDraft({
  evaluationWindow,
  ...bounds
}: NonNullable<WrittenOptions['rollbackPolicy']>): RollbackPolicyDraft {
  return { ...bounds, evaluationWindowMs: evaluationWindow };
}

function healthDraft(health: NonNullable<WrittenOptions['health']>): HealthDraft {
  return {
    endpoints: health.endpoints,
    intervalMs: health.intervalSeconds,
    timeoutMs: health.timeoutSeconds,
    successThreshold: health.successThreshold,
  };
}
