import type { z } from 'zod';
import { isCountedMetric } from '../../domain/analysis/plan.js';
import { endpointsFrom } from '../health/endpoint-schema.js';
import { checkDraft, inDomain, type PlanDraft, type RollbackPolicyDraft, type Surface } from './draft.js';
import type { GUARD_OPTIONS } from './option-parts.js';

/** What the domain calls otherwise than a program does. */
export const OPTION_NAMES = {
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

export const OPTIONS_SURFACE: Surface = { names: OPTION_NAMES };

type Written = {
  readonly [Key in 'successCriteria' | 'rollbackPolicy' | 'health']: z.output<(typeof GUARD_OPTIONS)[Key]>;
};

/** What guards a rollout, as a program of any kind writes it. */
export function guardsOfOptions({ successCriteria = {}, rollbackPolicy, health }: Written) {
  return {
    checks: Object.entries(successCriteria).map(([key, criterion]) =>
      checkDraft(['successCriteria', key], {
        ...(isCountedMetric(key) ? { metric: key } : { name: key }),
        ...inDomain(criterion, OPTION_NAMES),
      }),
    ),
    rollbackPolicy: rollbackPolicy && policyDraft(rollbackPolicy),
    health: health && { ...inDomain(health, NAMES_OF_HEALTH), endpoints: endpointsFrom(health.endpoints) },
  } satisfies Partial<PlanDraft>;
}

export function policyDraft(policy: NonNullable<Written['rollbackPolicy']>): RollbackPolicyDraft {
  return inDomain(policy, OPTION_NAMES);
}
