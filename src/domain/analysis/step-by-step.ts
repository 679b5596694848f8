import { observeInterval, resumeAnalysis, startAnalysis, stateOf, type AnalysisState } from './analysis.js';
import { breachIn, type Breach } from './breach.js';
import { viewsOf, type CheckView } from './pictures.js';
import type { AnalysisPlan } from './plan.js';
import type { AnalysisInterval } from './sample.js';
import { conclusionOf, verdictOf, type StageVerdict } from './stage-verdict.js';
import type { Verdict } from './verdict.js';

/** What is known before the first interval. */
export function beginAnalysis(plan: AnalysisPlan): AnalysisState {
  return stateOf(startAnalysis(plan));
}

/**
 * What is known after one more interval. Pure: the same intervals in the same order give the same state.
 *
 * Nothing about an interval makes it throw: what cannot be believed is kept as trouble of the checks that needed it.
 */
export function observe(plan: AnalysisPlan, state: AnalysisState, interval: AnalysisInterval): AnalysisState {
  return stateOf(observeInterval(resumeAnalysis(plan, state), interval));
}

/**
 * What the plan says by now: the worst that any check says, suspended ones left out. A plan without checks is
 * successful; one whose checks are all suspended cannot say.
 */
export function planVerdict(plan: AnalysisPlan, state: AnalysisState): Verdict {
  return verdictOf(resumeAnalysis(plan, state));
}

/**
 * The verdict on a whole stage: `failed` is a reason to roll back; `successful` to go on (every check has its requests,
 * stays within its bounds, and there is no evidence of harm); anything else to stay and find out more.
 */
export function stageVerdict(plan: AnalysisPlan, state: AnalysisState): StageVerdict {
  return conclusionOf(resumeAnalysis(plan, state));
}

/** The checks that have failed by now, or `null`. A breach stands: later intervals do not take it back. */
export function breachOf(plan: AnalysisPlan, state: AnalysisState): Breach | null {
  return breachIn(resumeAnalysis(plan, state));
}

/**
 * Every check of `plan` in its order, with what it says of the stage so far and why; at the end what unanswered requests
 * have to say, where they do.
 */
export function picturesOf(plan: AnalysisPlan, state: AnalysisState): readonly CheckView[] {
  return viewsOf(resumeAnalysis(plan, state));
}
