import type { AnalysisInterval, LatencyBucket, Sampled, TrafficSample } from '../../../src/domain/analysis/sample.js';
import type { AnalysisPlan, Check } from '../../../src/domain/analysis/plan.js';
import { beginAnalysis, observe } from '../../../src/domain/analysis/step-by-step.js';
import type { AnalysisState } from '../../../src/domain/analysis/analysis.js';

export const INTERVAL_MS = 10_000;

export function traffic(requests: number, errors = 0): TrafficSample {
  return { requests, errors };
}

/** Requests by how long they took: `{ 100: 95, 500: 4, Infinity: 1 }`, each in the bucket that ends there. */
export function timed(perBucket: Readonly<Record<string, number>>, errors = 0): TrafficSample {
  const edges = Object.keys(perBucket)
    .map(Number)
    .sort((a, b) => a - b);
  let count = 0;
  const latencyHistogram = edges.map((edge): LatencyBucket => {
    count += perBucket[String(edge)] ?? 0;
    return { leMs: edge === Infinity ? null : edge, count };
  });
  return { requests: count, errors, latencyHistogram };
}

/** Intervals in a row, one per candidate sample; the baseline beside it where one is given. */
export function intervals(
  candidates: readonly Sampled[],
  baselines: readonly (Sampled | undefined)[] = [],
): readonly AnalysisInterval[] {
  return candidates.map((candidate, index) => {
    const baseline = baselines[index];
    const at = { startMs: index * INTERVAL_MS, endMs: (index + 1) * INTERVAL_MS };
    return baseline === undefined ? { ...at, candidate } : { ...at, candidate, baseline };
  });
}

export function repeat<T>(times: number, value: T): readonly T[] {
  return Array.from({ length: times }, () => value);
}

export function planOf(...checks: readonly Check[]): AnalysisPlan {
  return { checks };
}

export function observed(
  plan: AnalysisPlan,
  all: readonly AnalysisInterval[],
  from: AnalysisState = beginAnalysis(plan),
): AnalysisState {
  return all.reduce((state, interval) => observe(plan, state, interval), from);
}

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** How many of `n` happen when each has the chance `p`. */
export function binomial(random: () => number, n: number, p: number): number {
  let happened = 0;
  for (let index = 0; index < n; index += 1) if (random() < p) happened += 1;
  return happened;
}
