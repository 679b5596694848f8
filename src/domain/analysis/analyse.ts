import { InvalidSpecError } from '../errors.js';
import { observeInterval, startAnalysis } from './analysis.js';
import type { AnalysisPlan } from './plan.js';
import { problemsOfAnalysisPlan } from './plan-rules.js';
import type { AnalysisInterval } from './sample.js';
import { verdictOf } from './stage-verdict.js';
import type { Verdict } from './verdict.js';

/** What a plan said, interval by interval. */
export interface AnalysisTimeline {
  /** One per interval. */
  readonly verdicts: readonly Verdict[];
  /** The last of them; of no interval at all, what the plan says without any. */
  readonly final: Verdict;
  /**
   * The index of the interval from which `final` stands: the first failed one, or where the unbroken row of successes
   * begins that lasts to the end. `null` when nothing was decided.
   */
  readonly decidedAtInterval: number | null;
}

/**
 * What `plan` would have said over `intervals`, oldest first: the same reducer as the watch of a running rollout, so
 * the same verdicts.
 *
 * Intervals may be anything: what cannot be believed makes a verdict `error` or `inconclusive`, never an exception.
 *
 * @throws InvalidSpecError when the plan itself makes no sense, with every problem at once.
 */
export function analyse(plan: AnalysisPlan, intervals: readonly AnalysisInterval[]): AnalysisTimeline {
  const problems = problemsOfAnalysisPlan(plan, 'plan');
  if (problems.length > 0) throw new InvalidSpecError('This analysis plan cannot be used', problems);
  let analysis = startAnalysis(plan);
  const verdicts: Verdict[] = [];
  for (const interval of intervals) {
    analysis = observeInterval(analysis, interval);
    verdicts.push(verdictOf(analysis));
  }
  return { verdicts, final: verdicts.at(-1) ?? verdictOf(analysis), decidedAtInterval: decidedAt(verdicts) };
}

function decidedAt(verdicts: readonly Verdict[]): number | null {
  const final = verdicts.at(-1);
  if (final !== 'failed' && final !== 'successful') return null;
  let first = verdicts.length - 1;
  while (verdicts[first - 1] === final) first -= 1;
  return first;
}
