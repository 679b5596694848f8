import type { AnalysisPlan } from './plan.js';
import type { AnalysisInterval } from './sample.js';
import { beginAnalysis, observe, type AnalysisState } from './state.js';

/** What the intervals of one stage have come to. */
export interface StageSoFar {
  readonly state: AnalysisState;
  /** Requests that the candidate served in them. */
  readonly candidateRequests: number;
}

/**
 * @param carried evidence from earlier stages; `null` where there is none
 * @param sharePercent the candidate's share as the plan has it, 0–100; `null` where nobody knows
 */
export function beginStage(
  plan: AnalysisPlan,
  carried: AnalysisState | null,
  sharePercent: number | null = null,
): StageSoFar {
  const state = carried ?? beginAnalysis(plan);
  const stage = sharePercent === null ? state.stage : { ...state.stage, sharePercent };
  return { state: { ...state, stage }, candidateRequests: 0 };
}

export function observeStage(plan: AnalysisPlan, before: StageSoFar, interval: AnalysisInterval): StageSoFar {
  const { candidate } = interval;
  return {
    state: observe(plan, before.state, interval),
    candidateRequests: before.candidateRequests + (candidate === 'no-data' ? 0 : candidate.requests),
  };
}
