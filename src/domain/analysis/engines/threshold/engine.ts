import { brokenLimit, type MeasurementTally } from '../../argo/metric-assessment.js';
import { criteriaOf } from '../../criterion.js';
import { FAILED, PASSED, TROUBLE, undecided, type Engine, type Joined, type Judgement } from '../../engine.js';
import type { MeasurementLimits } from '../../plan.js';
import type { StageCounts } from '../../stage-counts.js';
import { explainThreshold, requestsMissingFor, valueIn } from './explain.js';
import { observeThreshold } from './observe.js';
import {
  beginThreshold,
  carryThreshold,
  type CompiledThreshold,
  type LimitedCheck,
  type ThresholdState,
} from './state.js';

/** Fixed bounds on single measurements, with Argo Rollouts' limits. */
export const thresholdEngine: Engine<LimitedCheck, CompiledThreshold, ThresholdState> = {
  testsIn: () => 0,
  compile: (check, common) => ({
    ...common,
    check,
    criteria: check.kind === 'custom' ? [] : criteriaOf(check.metric, check),
  }),
  begin: ({ key }) => beginThreshold(key),
  observe: observeThreshold,
  judge: judgeThreshold,
  explain: explainThreshold,
  carry: carryThreshold,
  requestsToProve: () => null,
  show: (check, stage) => ({
    value: valueIn(check, stage),
    interval: null,
    increase: null,
    healthScore: limitsLeft(check.compiled.check, check.state.tally),
  }),
};

/**
 * What the check says of the stage so far: Argo Rollouts' rules, and more before anything passes. The newest measurement
 * must be a good one, and without a count the stage needs its requests.
 */
function judgeThreshold({ compiled, state }: Joined<CompiledThreshold, ThresholdState>, stage: StageCounts): Judgement {
  const { check } = compiled;
  if (state.failure !== null) return FAILED;
  if (state.over !== null)
    return state.over === 'successful' ? { verdict: 'successful', because: 'over' } : undecided('over');
  if (state.trouble?.nonsense === true) return TROUBLE;
  const broken = brokenLimit(check, state.tally);
  if (broken !== null) return broken.verdict === 'error' ? TROUBLE : undecided('brokenLimit');
  if (state.tally.count === 0 || state.last === null) return undecided('notMeasured');
  const { count = 0, consecutiveSuccessLimit = 0 } = check;
  if (state.tally.count < count || consecutiveSuccessLimit > 0) return undecided('measurementsMissing');
  if (count === 0 && requestsMissingFor(compiled, stage) > 0) return undecided('requestsMissing');
  return state.last === 'successful' ? PASSED : undecided('lastOneBad');
}

/** The share of what it takes to fail that is still left. */
function limitsLeft(limits: MeasurementLimits, tally: MeasurementTally): number | null {
  if (tally.count === 0 && tally.failed === 0) return null;
  const { consecutiveFailureLimit } = limits;
  const failureLimit = limits.failureLimit ?? (consecutiveFailureLimit === undefined ? 0 : -1);
  return Math.min(leftOf(failureLimit, tally.failed), leftOf(consecutiveFailureLimit ?? -1, tally.consecutiveFailure));
}

/** One failure more than the limit is the end; below 0 there is no limit. */
function leftOf(limit: number, failed: number): number {
  return limit < 0 ? 1 : Math.max(0, 1 - failed / (limit + 1));
}
