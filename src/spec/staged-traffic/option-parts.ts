import { z } from 'zod';
import { wholeMs } from '../../domain/time-rules.js';
import { endpointsInProgram } from '../health/endpoint-schema.js';
import { human, map } from '../reading/schema.js';
import { readSeconds } from '../units/duration.js';
import { asNumber, refuse, tidy, type Read } from '../units/read.js';
import { readFraction } from '../units/share.js';

export function minutes(): z.ZodType<number> {
  return time('minutes', 60_000);
}

export function seconds(): z.ZodType<number> {
  return time('seconds', 1000);
}

/** A bare number in a named unit: programs compute with numbers. */
function time(unit: string, msPerUnit: number): z.ZodType<number> {
  const read = (given: unknown): Read<number> =>
    typeof given === 'number' && Number.isFinite(given)
      ? { value: wholeMs(tidy(given * msPerUnit)) }
      : refuse('units.duration', `This is not a number of ${unit}`, `a number of ${unit}`);
  return human(read, { description: unit });
}

function bound(): z.ZodType<number | string> {
  const read = (given: unknown): Read<number | string> =>
    typeof given === 'string' || asNumber(given) !== undefined
      ? { value: given as number | string }
      : refuse('units.bound', 'This is not a bound', 'a number');
  return human(read, { description: 'a bound' });
}

const limit = z.number().optional();

const criterion = map({
  query: z.string().optional(),
  source: z.string().optional(),
  max: bound().optional(),
  min: bound().optional(),
  maxIncrease: bound().optional(),
  minRequests: limit,
  windowSeconds: seconds().optional(),
  failureLimit: limit,
  inconclusiveLimit: limit,
  consecutiveErrorLimit: limit,
  consecutiveSuccessLimit: limit,
  consecutiveFailureLimit: limit,
  count: limit,
});

const health = map({
  endpoints: endpointsInProgram,
  intervalSeconds: seconds().optional(),
  timeoutSeconds: seconds().optional(),
  successThreshold: human(readFraction, { description: 'a fraction' }).optional(),
  consecutiveFailures: limit,
});

/** A rollback policy as a program writes it. */
export const rollbackPolicySchema = map({
  errorRateThreshold: human(readFraction, { description: 'a fraction' }).optional(),
  successRateMinimum: human(readFraction, { description: 'a fraction' }).optional(),
  latencyIncrease: limit,
  evaluationWindow: human(readSeconds, { description: 'seconds, or 5m' }).optional(),
  consecutiveFailures: limit,
});

/** What guards a rollout, and what follows when nothing is known, as a program writes it. */
export const GUARD_OPTIONS = {
  successCriteria: z.record(z.string(), criterion).optional(),
  rollbackPolicy: rollbackPolicySchema.optional(),
  autoRollback: z.boolean().optional(),
  health: health.optional(),
  rollbackWindowMinutes: minutes().optional(),
  monitoringInterval: seconds().optional(),
  onUnknown: z.enum(['hold', 'abort', 'continue']).optional(),
  deadlineMinutes: minutes().optional(),
  onDrift: z.enum(['hold', 'abort']).optional(),
  runbook: z.string().optional(),
  adopt: z.string().optional(),
};
