import type { MeasurementTally } from '../../argo/metric-assessment.js';
import { criteriaOf } from '../../criterion.js';
import type { Engine } from '../../engine.js';
import type { MeasurementLimits } from '../../plan.js';
import { explainThreshold, valueIn } from './explain.js';
import { judgeThreshold } from './judge.js';
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
