import { z } from 'zod';
import { HeadgateError } from '../domain/errors.js';
import type { Counts } from './counter-chunk.js';
import { LATENCY_BOUNDS_MS, MAX_SAMPLE_STEPS } from './defaults.js';
import { parseWith } from './options.js';
import type { Route } from './route.js';

const epochMs = z.coerce.number().min(0);

const rangeSchema = z
  .strictObject({ from: epochMs, to: epochMs, step: z.coerce.number().positive() })
  .refine(({ from, to }) => from < to, { error: 'from before to' })
  .refine(({ from, to, step }) => (to - from) / step <= MAX_SAMPLE_STEPS, {
    error: `at most ${String(MAX_SAMPLE_STEPS)} steps`,
  });

/** Counts per step, oldest first; `null` where the gateway cannot know. */
export interface SamplesAnswer {
  readonly route: string;
  readonly backend: string;
  /** Upper bounds of the latency buckets; one more, unbounded, follows the last. */
  readonly latencyBoundsMs: readonly number[];
  /** `latencyCounts[i]` requests fell into bucket i alone. */
  readonly samples: readonly (Counts | null)[];
}

/** @throws HeadgateError `UNKNOWN_BACKEND`, or `INVALID_RANGE` for `from`, `to`, `step` in epoch milliseconds. */
export function answerSamples(route: Route, target: string, query: URLSearchParams, nowMs: number): SamplesAnswer {
  const backend = route.backend(target);
  if (backend === undefined) {
    throw new HeadgateError('UNKNOWN_BACKEND', `The route ${route.name} has no backend ${target}`, {
      expected: `one of ${route.backendNames.join(', ')}`,
      got: target,
    });
  }
  const { from, to, step } = parseWith(
    rangeSchema,
    Object.fromEntries(query),
    'INVALID_RANGE',
    'This is not a range of time',
  );
  const samples = backend.counters.read({ fromMs: from, toMs: to, stepMs: step }, nowMs);
  return { route: route.name, backend: target, latencyBoundsMs: LATENCY_BOUNDS_MS, samples };
}
