import { breachOf, type Breach } from './breach.js';
import type { AnalysisPlan } from './plan.js';
import type { AnalysisState } from './state.js';

/** What the checks have against a stage in its middle. */
export interface StageFinding {
  readonly reason: string;
  readonly evidence: Breach;
  /** The baseline breaches all of it as well: a person must look. */
  readonly shared: boolean;
}

/**
 * What the checks have found by now; `null` while nothing is wrong.
 *
 * @param knownShared what the baseline breaches as well was reported already: only what is new counts
 */
export function findingIn(plan: AnalysisPlan, state: AnalysisState, knownShared: boolean): StageFinding | null {
  const evidence = breachOf(plan, state);
  if (evidence === null) return null;
  const shared = isShared(evidence);
  if (shared && knownShared) return null;
  const reasons = evidence.checks.map(({ reason }) => reason).join('; ');
  return {
    reason: shared ? `${reasons}; the baseline breaches it as well, so the candidate may not be the cause` : reasons,
    evidence,
    shared,
  };
}

export function isShared({ checks }: Breach): boolean {
  return checks.every(({ sharedWithBaseline }) => sharedWithBaseline);
}
