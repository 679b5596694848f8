import type { AnalysisPlan } from '../plan.js';
import type { AnalysisState } from '../state.js';
import type { Verdict } from '../verdict.js';
import { COMPARISON } from './comparison.js';
import { findingOn, type UnansweredFinding } from './finding.js';

/** What unanswered requests come to, with words. */
export interface UnansweredView {
  readonly verdict: Exclude<Verdict, 'successful'>;
  /** One sentence, with numbers. */
  readonly sentence: string;
  /** What a pass needs; `null` where nothing helps. */
  readonly missing: string | null;
}

/** Who asks for no check asks for no rollback either; but nobody knows a stage that hangs. */
export function unansweredIn({ checks }: AnalysisPlan, state: AnalysisState): UnansweredFinding | null {
  return findingOn(state.unanswered, state.stage, checks.length > 0);
}

/** `null` where they say nothing. */
export function viewOfUnanswered(plan: AnalysisPlan, state: AnalysisState): UnansweredView | null {
  const finding = unansweredIn(plan, state);
  if (finding === null) return null;
  if (finding.kind === 'unknown')
    return { verdict: 'inconclusive', sentence: finding.reason, missing: 'needs answers' };
  return { verdict: 'failed', sentence: `${COMPARISON.name}: ${finding.failure.reason}`, missing: null };
}
