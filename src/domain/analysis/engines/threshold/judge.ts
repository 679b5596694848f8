import { brokenLimit } from '../../argo/metric-assessment.js';
import { requestsFor } from '../../criterion.js';
import { DEFAULT_MIN_REQUESTS } from '../../defaults.js';
import { FAILED, PASSED, TROUBLE, undecided, type Joined, type Judgement } from '../../engine.js';
import type { StageCounts } from '../../stage-counts.js';
import type { CompiledThreshold, ThresholdState } from './state.js';

/**
 * What the check says of the stage so far: Argo Rollouts' rules, and two more before anything passes. The stage needs
 * its requests, and the newest measurement must be a good one.
 */
export function judgeThreshold(
  { compiled, state }: Joined<CompiledThreshold, ThresholdState>,
  stage: StageCounts,
): Judgement {
  const { check } = compiled;
  if (state.failure !== null) return FAILED;
  if (state.over !== null)
    return state.over === 'successful' ? { verdict: 'successful', because: 'over' } : undecided('over');
  if (state.trouble?.nonsense === true) return TROUBLE;
  const broken = brokenLimit(check, state.tally);
  if (broken !== null) return broken.verdict === 'error' ? TROUBLE : undecided('brokenLimit');
  if (state.tally.count === 0 || state.last === null) return undecided('notMeasured');
  if ((check.count ?? 0) > 0 || (check.consecutiveSuccessLimit ?? 0) > 0) return undecided('measurementsMissing');
  if (requestsMissingFor(compiled, stage) > 0) return undecided('requestsMissing');
  return state.last === 'successful' ? PASSED : undecided('lastOneBad');
}

/** How many more requests the stage needs before the check may pass. */
export function requestsMissingFor({ check, metric }: CompiledThreshold, stage: StageCounts): number {
  if (metric === null) return 0;
  const seen = stage.candidate === null ? 0 : requestsFor(metric, stage.candidate);
  const needed = 'minRequests' in check ? check.minRequests : undefined;
  return Math.max(0, (needed ?? DEFAULT_MIN_REQUESTS) - seen);
}
