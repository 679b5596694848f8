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

/** What is known after one more interval. Whatever is in it, it does not throw. */
export function observe(plan: AnalysisPlan, state: AnalysisState, interval: AnalysisInterval): AnalysisState {
  return stateOf(observeInterval(resumeAnalysis(plan, state), interval));
}

/** What the plan says by now: the worst that any check says. */
export function planVerdict(plan: AnalysisPlan, state: AnalysisState): Verdict {
  return verdictOf(resumeAnalysis(plan, state));
}

/** The verdict on a whole stage: `failed` is a reason to roll back, `successful` to go on, others to stay. */
export function stageVerdict(plan: AnalysisPlan, state: AnalysisState): StageVerdict {
  return conclusionOf(resumeAnalysis(plan, state));
}

/** The checks that have failed by now, or `null`. A breach stands: later intervals do not take it back. */
export function breachOf(plan: AnalysisPlan, state: AnalysisState): Breach | null {
  return breachIn(resumeAnalysis(plan, state));
}

/** Every check of `plan` in its order, with what it says of the stage so far and why. */
export function picturesOf(plan: AnalysisPlan, state: AnalysisState): readonly CheckView[] {
  return viewsOf(resumeAnalysis(plan, state));
}
