import { carryOver, stateOf, type Analysis, type AnalysisState } from './analysis.js';
import { breachIn, isShared } from './breach.js';
import { viewsOf } from './pictures.js';
import { conclusionOf } from './stage-verdict.js';
import type { Verdict } from './verdict.js';

/** The verdict on a whole stage. */
export interface StageJudgement {
  readonly verdict: Verdict;
  readonly reason: string;
  /** Numbers behind the reason. */
  readonly evidence: unknown;
  /** For the stages to come. */
  readonly carried: AnalysisState | null;
}

/** What probes said at the end of a stage. */
export type ProbeJudgement = Pick<StageJudgement, 'verdict' | 'reason' | 'evidence'>;

/** What a stage is judged by. */
export interface JudgedBy {
  /** `null` when the metrics could not be had. */
  readonly analysis: Analysis | null;
  /** Why they could not. */
  readonly unavailable: string | null;
  /** What speaks against the candidate's health; `null` when nothing does. */
  readonly unhealthy: ProbeJudgement | null;
}

/** Bad health counts first, then what cannot be known, then what the checks say of the whole stage, then health in doubt. */
export function judgementOn({ analysis, unavailable, unhealthy }: JudgedBy): StageJudgement {
  const carried = analysis === null ? null : carryOver(stateOf(analysis));
  if (unhealthy !== null && (unhealthy.verdict === 'failed' || analysis === null)) return { ...unhealthy, carried };
  if (analysis === null)
    return {
      verdict: 'error',
      reason: `the metrics cannot be had: ${unavailable ?? 'no answer'}`,
      evidence: null,
      carried,
    };
  const { verdict, reason } = conclusionOf(analysis);
  const breach = breachIn(analysis);
  // A baseline that is unhealthy too excuses the candidate's probes, not what its own checks have found.
  if (unhealthy !== null && (verdict !== 'failed' || (breach !== null && isShared(breach))))
    return { ...unhealthy, carried };
  if (verdict === 'failed' && breach !== null && isShared(breach))
    return {
      verdict: 'inconclusive',
      reason: `${reason}; the baseline breaches it as well`,
      evidence: breach,
      carried,
    };
  return { verdict, reason, evidence: viewsOf(analysis), carried };
}
