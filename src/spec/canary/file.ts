import type { CanaryDraft, CheckDraft, HealthDraft, RollbackPolicyDraft, StageDraft, Surface } from './draft.js';
import type { CanaryFile } from './file-schema.js';

export const FILE_SURFACE: Surface = {
  names: {
    trafficPercent: 'traffic',
    durationMs: 'duration',
    minDurationMs: 'minDuration',
    maxDurationMs: 'maxDuration',
    timeoutMs: 'timeout',
    intervalMs: 'interval',
    windowMs: 'window',
    evaluationWindowMs: 'evaluationWindow',
    monitoringIntervalMs: 'monitoringInterval',
    deadlineMs: 'deadline',
    rollbackWindowMs: 'rollbackWindow',
  },
};

export function draftOfFile(file: CanaryFile): CanaryDraft {
  return {
    service: file.service,
    name: file.name,
    version: file.version,
    stages: file.stages?.map(stageDraft),
    advanceOnEvidence: file.advanceOnEvidence,
    minDurationMs: file.minDuration,
    maxDurationMs: file.maxDuration,
    checks: (file.checks ?? []).map(checkDraft),
    rollbackPolicy: file.rollbackPolicy === undefined ? undefined : policyDraft(file.rollbackPolicy),
    autoRollback: file.autoRollback,
    health: file.health === undefined ? undefined : healthDraft(file.health),
    rollbackWindowMs: file.rollbackWindow,
    monitoringIntervalMs: file.monitoringInterval,
    autoProgression: file.autoProgression,
    requireManualApproval: file.requireManualApproval,
    holdAtEnd: file.holdAtEnd,
    onUnknown: file.onUnknown,
    deadlineMs: file.deadline,
    onDrift: file.onDrift,
    proof: file.proof,
    runbook: file.runbook,
  };
}

function stageDraft({
  traffic,
  duration,
  advanceOnEvidence,
  minDuration,
  maxDuration,
  approval,
}: NonNullable<CanaryFile['stages']>[number]): StageDraft {
  return {
    trafficPercent: traffic,
    durationMs: duration,
    advanceOnEvidence,
    minDurationMs: minDuration,
    maxDurationMs: maxDuration,
    approval:
      approval === undefined
        ? undefined
        : { timeoutMs: approval.timeout ?? null, onTimeout: approval.onTimeout ?? 'hold' },
  };
}

function checkDraft(
  {
    metric,
    name,
    query,
    source,
    max,
    min,
    maxIncrease,
    minRequests,
    window,
    ...limits
  }: NonNullable<CanaryFile['checks']>[number],
  index: number,
): CheckDraft {
  return {
    path: ['checks', index],
    metric,
    name,
    query,
    source,
    max,
    min,
    maxIncrease,
    minRequests,
    limits: { ...limits, windowMs: window },
  };
}

function policyDraft({ evaluationWindow, ...bounds }: NonNullable<CanaryFile['rollbackPolicy']>): RollbackPolicyDraft {
  return { ...bounds, evaluationWindowMs: evaluationWindow };
}

function healthDraft(health: NonNullable<CanaryFile['health']>): HealthDraft {
  return {
    endpoints: health.endpoints,
    intervalMs: health.interval,
    timeoutMs: health.timeout,
    successThreshold: health.successThreshold,
  };
}
