import { endpointsFrom } from '../health/endpoint-schema.js';
import { approvalDraft, checkDraft, inDomain, type CanaryDraft, type Surface } from './draft.js';
import type { CanaryFile } from './file-schema.js';

const NAMES = {
  trafficPercent: 'traffic',
  durationMs: 'duration',
  minDurationMs: 'minDuration',
  maxLatencyMs: 'maxLatency',
  maxDurationMs: 'maxDuration',
  timeoutMs: 'timeout',
  intervalMs: 'interval',
  windowMs: 'window',
  evaluationWindowMs: 'evaluationWindow',
  monitoringIntervalMs: 'monitoringInterval',
  deadlineMs: 'deadline',
  rollbackWindowMs: 'rollbackWindow',
} as const;

export const FILE_SURFACE: Surface = { names: NAMES };

export function draftOfFile({ stages, checks = [], rollbackPolicy, health, ...file }: CanaryFile): CanaryDraft {
  return {
    ...inDomain(file, NAMES),
    stages: stages?.map(({ approval, ...stage }) => ({
      ...inDomain(stage, NAMES),
      approval: approval && approvalDraft(inDomain(approval, NAMES)),
    })),
    checks: checks.map((check, index) => checkDraft(['checks', index], inDomain(check, NAMES))),
    rollbackPolicy: rollbackPolicy && inDomain(rollbackPolicy, NAMES),
    health: health && { ...inDomain(health, NAMES), endpoints: endpointsFrom(health.endpoints) },
  };
}
