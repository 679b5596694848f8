import { startAnalysis, stateOf, type AnalysisState } from './analysis.js';
import type { AnalysisPlan } from './plan.js';
import type { Sampled } from './sample.js';

/** One interval of the baseline, from before the rollout. */
export interface PastInterval {
  /** Epoch milliseconds; the interval is [startMs, endMs). */
  readonly startMs: number;
  readonly endMs: number;
  readonly baseline: Sampled;
}

/** What the baseline's past teaches the checks of `plan`; nothing where the plan fixes the dispersion itself. */
export function learnFrom(plan: AnalysisPlan, past: readonly PastInterval[]): AnalysisState {
  if (plan.dispersion !== undefined) return stateOf(startAnalysis(plan));
  const fromBaseline = past.map((interval) => ({ ...interval, candidate: 'no-data' as const }));
  return stateOf(startAnalysis({ ...plan, dispersion: { fromBaseline } }));
}
