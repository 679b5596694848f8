import { isCountedMetric } from '../../domain/analysis/plan.js';
import {
  approvalDraft,
  checkDraft,
  inDomain,
  type CanaryDraft,
  type RollbackPolicyDraft,
  type Surface,
} from './draft.js';
import { endpointsFrom } from '../health/endpoint-schema.js';
import type { WrittenOptions } from './options-schema.js';

const NAMES = {
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
} as const;

/** Probes are timed in seconds, approvals in minutes. */
const NAMES_OF_HEALTH = { intervalMs: 'intervalSeconds', timeoutMs: 'timeoutSeconds' } as const;

export const OPTIONS_SURFACE: Surface = { names: NAMES };

export function draftOfOptions(written: WrittenOptions): CanaryDraft {
  const { stages, successCriteria = {}, rollbackPolicy, health, ...options } = written;
  return {
    ...inDomain(options, NAMES),
    stages: stages?.map(({ approval, ...stage }) => ({
      ...inDomain(stage, NAMES),
      approval: approval && approvalDraft(inDomain(approval, NAMES)),
    })),
    checks: Object.entries(successCriteria).map(([key, criterion]) =>
      checkDraft(['successCriteria', key], {
        ...(isCountedMetric(key) ? { metric: key } : { name: key }),
        ...inDomain(criterion, NAMES),
      }),
    ),
    rollbackPolicy: rollbackPolicy && policyDraft(rollbackPolicy),
    health: health && { ...inDomain(health, NAMES_OF_HEALTH), endpoints: endpointsFrom(health.endpoints) },
  };
}

export function policyDraft(policy: NonNullable<WrittenOptions['rollbackPolicy']>): RollbackPolicyDraft {
  return inDomain(policy, NAMES);
}
