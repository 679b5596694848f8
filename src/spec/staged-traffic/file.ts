import type { z } from 'zod';
import { endpointsFrom } from '../health/endpoint-schema.js';
import { checkDraft, inDomain, type PlanDraft, type Surface } from './draft.js';
import type { GUARD_FIELDS } from './file-parts.js';

/** What the domain calls otherwise than a file does. */
export const FILE_NAMES = {
  trafficPercent: 'traffic',
  durationMs: 'duration',
  minDurationMs: 'minDuration',
  maxDurationMs: 'maxDuration',
  maxLatencyMs: 'maxLatency',
  timeoutMs: 'timeout',
  intervalMs: 'interval',
  windowMs: 'window',
  evaluationWindowMs: 'evaluationWindow',
  monitoringIntervalMs: 'monitoringInterval',
  deadlineMs: 'deadline',
  rollbackWindowMs: 'rollbackWindow',
} as const;

export const FILE_SURFACE: Surface = { names: FILE_NAMES };

type Written = { readonly [Key in 'checks' | 'rollbackPolicy' | 'health']: z.output<(typeof GUARD_FIELDS)[Key]> };

/** What guards a rollout, as a file of any kind writes it. */
export function guardsOfFile({ checks = [], rollbackPolicy, health }: Written) {
  return {
    checks: checks.map((check, index) => checkDraft(['checks', index], inDomain(check, FILE_NAMES))),
    rollbackPolicy: rollbackPolicy && inDomain(rollbackPolicy, FILE_NAMES),
    health: health && { ...inDomain(health, FILE_NAMES), endpoints: endpointsFrom(health.endpoints) },
  } satisfies Partial<PlanDraft>;
}
