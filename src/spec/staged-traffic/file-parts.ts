import { z } from 'zod';
import { endpointsInFile } from '../health/endpoint-schema.js';
import { human, map } from '../reading/schema.js';
import { readDuration, readSeconds } from '../units/duration.js';
import { asNumber, refuse, type Read } from '../units/read.js';
import { readFraction } from '../units/share.js';

export const API_VERSION = 'headgate/v1';

const DURATION = '^(\\s*\\d+(\\.\\d+)?\\s*(ms|s|m|h|d))+\\s*$';

export function duration(description: string, examples: readonly string[]): z.ZodType<number> {
  return human(readDuration, { description, type: 'string', pattern: DURATION, examples });
}

/** A bound keeps the form it was written in: only the metric beside it tells its unit. */
function bound(description: string, examples: readonly unknown[]): z.ZodType<string | number> {
  return human(readAsWritten, { description, type: ['string', 'number'], examples });
}

function readAsWritten(given: unknown): Read<string | number> {
  if (typeof given === 'string' || asNumber(given) !== undefined) return { value: given as string | number };
  return refuse('units.bound', 'This is not a bound', 'a number, 1% or 500ms');
}

export function advanceOnEvidence(): z.ZodOptional<z.ZodBoolean> {
  return z
    .boolean()
    .optional()
    .describe('The stage ends before its time as soon as every check has proof of health. Default false.');
}

function share(description: string, example: string): z.ZodType<number> {
  return human(readFraction, { description, type: ['string', 'number'], examples: [example] });
}

function limit(description: string): z.ZodOptional<z.ZodNumber> {
  return z.number().optional().describe(description);
}

/** A person is asked. */
export const approval = map({
  timeout: duration('How long to wait for an answer. Left out: for ever.', ['24h']).optional(),
  onTimeout: z
    .enum(['abort', 'hold'])
    .optional()
    .describe('What silence means: undo (abort), or stay and call a person (hold, the default).'),
}).describe('A person is asked at the end of the stage, after its verdict. {} waits for ever.');

const check = map({
  metric: z
    .string()
    .optional()
    .describe('errorRate, successRate, latencyP50, latencyP95, latencyP99 or requestRate, counted from traffic.'),
  name: z.string().optional().describe('What a query of your own is called.'),
  query: z
    .string()
    .optional()
    .describe("In the metric source's language; {{service}}, {{backend}} and {{version}} are filled in."),
  source: z
    .string()
    .optional()
    .describe("Which of the worker's metric sources answers the query. Default: the one of the service."),
  max: bound('The largest value allowed: 1%, 500ms, 1000.', ['1%', '500ms']).optional(),
  min: bound('The smallest value allowed.', ['99%']).optional(),
  maxIncrease: bound('How much more than the baseline at the same moment: 50% is half as much again.', [
    '50%',
  ]).optional(),
  minRequests: limit('How many requests of the candidate a stage needs before the check may pass. Default 100.'),
  window: duration('Every measurement looks back over so much time. Left out: the interval alone.', ['5m']).optional(),
  failureLimit: limit('How many measurements may fail; one more fails the check. -1 is no limit. Default 0.'),
  inconclusiveLimit: limit('How many measurements may be inconclusive. Default 0.'),
  consecutiveErrorLimit: limit('How many measurements in a row may be without data. Default 4.'),
  consecutiveSuccessLimit: limit(
    'The check succeeds for good after so many successes in a row. Default: not asked for.',
  ),
  consecutiveFailureLimit: limit('How many measurements in a row may fail. Default: no limit.'),
  count: limit('The check is over after so many measurements. Default: no end.'),
}).describe('One criterion: a metric with max, min or maxIncrease, or a named query with max or min.');

const health = map({
  endpoints: endpointsInFile.describe(
    'Paths of the candidate that answer 2xx when it is well, or maps of what more is asked of one.',
  ),
  interval: duration('How often each is asked. Default 30s.', ['30s']).optional(),
  timeout: duration('How long an answer may take. Default 2s.', ['2s']).optional(),
  successThreshold: share('The share of probes that must succeed. Default 95%.', '95%').optional(),
  consecutiveFailures: limit('So many failures of one endpoint in a row are enough. Default 3.'),
}).describe("How the candidate's own endpoints are probed.");

const rollbackPolicy = map({
  errorRateThreshold: share('The largest share of requests that may fail: 2%.', '2%').optional(),
  successRateMinimum: share('The smallest share of requests that must succeed: 99%.', '99%').optional(),
  latencyIncrease: limit(
    "The new version's p99 latency may be so many times the old one's at the same moment: 1.5 is half as slow again.",
  ),
  evaluationWindow: duration('Every look at a rate goes back over so much time.', ['5m']).optional(),
  consecutiveFailures: limit('So many looks at a rate in a row must find it beyond its bound.'),
}).describe('When traffic goes back, beside the checks. May be changed while the rollout runs.');

export const apiVersion = z.literal(API_VERSION).describe('The version of this format.');

/** What is rolled out, for files of every kind that moves traffic. */
export const WHO_FIELDS = {
  service: z.string().describe('The service as headgate.yaml names it.'),
  name: z.string().optional().describe("A name for people. Default: the service's."),
  version: z
    .string()
    .optional()
    .describe('The version that is brought in; checked where the service can tell its own.'),
};

/** What guards it, and what follows when nothing is known. */
export const GUARD_FIELDS = {
  checks: z.array(check).optional().describe('What must hold, at every stage, for the rollout to go on.'),
  rollbackPolicy: rollbackPolicy.optional(),
  autoRollback: z
    .boolean()
    .optional()
    .describe('false: what fails holds and calls a person instead of rolling back. Default true.'),
  health: health.optional(),
  monitoringInterval: human(readSeconds, {
    description: 'How often checks are applied: 60s, or a number of seconds. Default 60s.',
    type: ['string', 'number'],
    examples: ['60s'],
  }).optional(),
  onUnknown: z
    .enum(['hold', 'abort', 'continue'])
    .optional()
    .describe('What to do when a verdict stays unknown until the deadline. Default hold.'),
  deadline: duration('How long a verdict may stay unknown. Default 30m.', ['30m']).optional(),
  onDrift: z
    .enum(['hold', 'abort'])
    .optional()
    .describe('What to do when someone else moves the weights. Default hold.'),
  runbook: z.string().optional().describe('Where a person learns what to do: a URL.'),
};
