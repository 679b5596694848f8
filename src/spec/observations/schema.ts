import { z } from 'zod';
import type { AnalysisState } from '../../domain/analysis/analysis.js';
import type { AnalysisPlan } from '../../domain/analysis/plan.js';
import { OBSERVATIONS_VERSION } from '../../domain/observations/line.js';
import { map } from '../reading/schema.js';

// Counts may be anything that is a number: what cannot be believed is the analysis's to say, interval by interval.
const bucket = map({ leMs: z.number().nullable(), count: z.number() });
const sample = map({
  requests: z.number(),
  errors: z.number(),
  unanswered: z.number().optional(),
  latencyHistogram: z.array(bucket).optional(),
  activeUsers: z.number().optional(),
});
const sampled = z.union([sample, z.literal('no-data')], { error: 'This must be counts, or "no-data"' });
const verdict = z.enum(['successful', 'failed', 'inconclusive', 'error']);
// What a date can tell: a time beyond it could not even be shown.
const epochMs = z.number().min(-8.64e15).max(8.64e15);
const v = z.literal(OBSERVATIONS_VERSION);
const id = z.string().min(1);

const interval = {
  startMs: epochMs,
  endMs: epochMs,
  candidate: sampled,
  baseline: sampled.optional(),
  scalars: z.record(z.string(), z.number()).optional(),
  part: z.boolean().optional(),
};

const plan = z.custom<AnalysisPlan>(
  (value) => isRecord(value) && Array.isArray(value.checks) && value.checks.every(isRecord),
  'This must be the plan of an analysis, with its checks',
);

const carried = z.custom<AnalysisState>(
  (value) => isRecord(value) && isRecord(value.stage) && Array.isArray(value.checks) && value.checks.every(isRecord),
  'This must be the evidence as it was kept, or null',
);

/** One line of observations, as it is written. */
export const observationLineSchema = z.discriminatedUnion('kind', [
  map({
    v,
    kind: z.literal('baseline'),
    rolloutId: id,
    service: id,
    backend: id,
    intervals: z.array(map({ startMs: epochMs, endMs: epochMs, baseline: sampled })),
  }),
  map({
    v,
    kind: z.literal('reading'),
    reading: id,
    rolloutId: id,
    service: id,
    by: z.enum(['watch', 'judge', 'given']),
    atMs: epochMs,
    stage: z.int().min(1),
    stages: z.int().min(1),
    sharePercent: z.number(),
    startedAtMs: epochMs,
    stepMs: z.number(),
    roles: map({ baseline: id, candidate: id }),
    knownShared: z.boolean(),
    base: map({ reading: id, untilMs: epochMs, scalars: z.literal(true).optional() }).optional(),
    plan: plan.optional(),
    carried: carried.nullable().optional(),
  }),
  map({
    v,
    kind: z.literal('interval'),
    reading: id.optional(),
    stage: z.int().min(1).optional(),
    ...interval,
    verdict: verdict.optional(),
  }),
  map({
    v,
    kind: z.literal('judgement'),
    reading: id,
    atMs: epochMs,
    verdict,
    reason: z.string(),
    unavailable: z.string().optional(),
    unhealthy: map({ verdict, reason: z.string() }).optional(),
  }),
  map({
    v,
    kind: z.literal('breach'),
    reading: id,
    atMs: epochMs,
    source: z.enum(['checks', 'probes']),
    shared: z.boolean(),
    reason: z.string(),
  }),
  map({ v, kind: z.literal('lost'), rolloutId: id, atMs: epochMs, lines: z.int().min(0) }),
]);

export type WrittenLine = z.output<typeof observationLineSchema>;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
