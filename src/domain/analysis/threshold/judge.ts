import { brokenLimit } from '../argo/metric-assessment.js';
import type { Judgement, StageCounts, ThresholdState } from '../check-state.js';
import { requestsFor } from '../criterion.js';
import { DEFAULT_MIN_REQUESTS } from '../defaults.js';
import { scalarOf, type LimitedCheck } from './state.js';

/**
 * What the check says of the stage so far: Argo Rollouts' rules, and two more before anything passes. The stage needs
 * its requests, and the newest measurement must be a good one.
 */
export function judgeThreshold(check: LimitedCheck, state: ThresholdState, stage: StageCounts): Judgement {
  if (state.failure !== null) return FAILED;
  if (state.over !== null) return state.over === 'successful' ? OVER_SUCCESSFUL : OVER_INCONCLUSIVE;
  if (state.trouble?.nonsense === true) return TROUBLE;
  const broken = brokenLimit(check, state.tally);
  if (broken !== null) return broken.verdict === 'error' ? TROUBLE : BROKEN_LIMIT;
  if (state.tally.count === 0 || state.last === null) return NOT_MEASURED;
  if ((check.count ?? 0) > 0 || (check.consecutiveSuccessLimit ?? 0) > 0) return MEASUREMENTS_MISSING;
  if (requestsMissingFor(check, stage) > 0) return REQUESTS_MISSING;
  return state.last === 'successful' ? PASSED : LAST_ONE_BAD;
}

/** How many more requests the stage needs before the check may pass. */
export function requestsMissingFor(check: LimitedCheck, stage: StageCounts): number {
  if (check.kind === 'custom' || scalarOf(check) !== null) return 0;
  const seen = stage.candidate === null ? 0 : requestsFor(check.metric, stage.candidate);
  return Math.max(0, (check.minRequests ?? DEFAULT_MIN_REQUESTS) - seen);
}

const FAILED: Judgement = { verdict: 'failed', because: 'failed' };
const OVER_SUCCESSFUL: Judgement = { verdict: 'successful', because: 'over' };
const OVER_INCONCLUSIVE: Judgement = { verdict: 'inconclusive', because: 'over' };
const TROUBLE: Judgement = { verdict: 'error', because: 'trouble' };
const BROKEN_LIMIT: Judgement = { verdict: 'inconclusive', because: 'brokenLimit' };
const NOT_MEASURED: Judgement = { verdict: 'inconclusive', because: 'notMeasured' };
const MEASUREMENTS_MISSING: Judgement = { verdict: 'inconclusive', because: 'measurementsMissing' };
const REQUESTS_MISSING: Judgement = { verdict: 'inconclusive', because: 'requestsMissing' };
const LAST_ONE_BAD: Judgement = { verdict: 'inconclusive', because: 'lastOneBad' };
const PASSED: Judgement = { verdict: 'successful', because: 'passed' };
