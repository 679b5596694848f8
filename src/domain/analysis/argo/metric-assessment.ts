import { DEFAULT_CONSECUTIVE_ERROR_LIMIT } from '../defaults.js';
import type { MeasurementLimits } from '../plan.js';
import type { Verdict } from '../verdict.js';

/** Where a metric, or a measurement, stands: under way, or a verdict. */
export type Phase = 'pending' | 'running' | Verdict;

/** What became of the measurements so far. */
export interface MeasurementTally {
  /** Measurements that were no errors. */
  readonly count: number;
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly error: number;
  readonly consecutiveError: number;
  readonly consecutiveSuccess: number;
  readonly consecutiveFailure: number;
}

export const NO_MEASUREMENTS: MeasurementTally = {
  count: 0,
  successful: 0,
  failed: 0,
  inconclusive: 0,
  error: 0,
  consecutiveError: 0,
  consecutiveSuccess: 0,
  consecutiveFailure: 0,
};

export interface MetricLimits extends MeasurementLimits {
  /** Without an interval and a count there is one measurement only. */
  readonly intervalMs?: number;
}

/** The tally after one more measurement. */
export function tallyMeasurement(tally: MeasurementTally, verdict: Verdict): MeasurementTally {
  const isError = verdict === 'error';
  return {
    count: tally.count + (isError ? 0 : 1),
    successful: tally.successful + (verdict === 'successful' ? 1 : 0),
    failed: tally.failed + (verdict === 'failed' ? 1 : 0),
    inconclusive: tally.inconclusive + (verdict === 'inconclusive' ? 1 : 0),
    error: tally.error + (isError ? 1 : 0),
    consecutiveError: isError ? tally.consecutiveError + 1 : 0,
    consecutiveSuccess: verdict === 'successful' ? tally.consecutiveSuccess + 1 : 0,
    consecutiveFailure: verdict === 'failed' ? tally.consecutiveFailure + 1 : isError ? tally.consecutiveFailure : 0,
  };
}

/** A limit that was broken, and the verdict that follows from it. */
export interface BrokenLimit {
  readonly verdict: 'failed' | 'inconclusive' | 'error';
  /** E.g. `failed (1) > failureLimit (0)`. */
  readonly message: string;
}

/** The first limit that `tally` breaks, in Argo's order: failures, inconclusive ones, errors in a row. */
export function brokenLimit(limits: MeasurementLimits, tally: MeasurementTally): BrokenLimit | null {
  const failureLimit = effectiveFailureLimit(limits);
  if (failureLimit >= 0 && tally.failed > failureLimit)
    return { verdict: 'failed', message: `failed (${tally.failed}) > failureLimit (${failureLimit})` };
  const inARow = limits.consecutiveFailureLimit;
  if (inARow !== undefined && tally.consecutiveFailure > inARow)
    return {
      verdict: 'failed',
      message: `consecutiveFailure (${tally.consecutiveFailure}) > consecutiveFailureLimit (${inARow})`,
    };
  const inconclusiveLimit = limits.inconclusiveLimit ?? 0;
  if (tally.inconclusive > inconclusiveLimit)
    return {
      verdict: 'inconclusive',
      message: `inconclusive (${tally.inconclusive}) > inconclusiveLimit (${inconclusiveLimit})`,
    };
  const errorLimit = limits.consecutiveErrorLimit ?? DEFAULT_CONSECUTIVE_ERROR_LIMIT;
  if (tally.consecutiveError > errorLimit)
    return {
      verdict: 'error',
      message: `consecutiveErrors (${tally.consecutiveError}) > consecutiveErrorLimit (${errorLimit})`,
    };
  return null;
}

/**
 * What a metric says by Argo Rollouts' rules: `failed` when a limit is broken, `successful` when it is over without
 * that, `running` while it is not over.
 *
 * @param last how the newest measurement ended; `running` while it has not; `null` before the first
 * @param terminating nothing more will be measured: what is not bad by now counts as successful
 */
export function assessMetric(
  limits: MetricLimits,
  tally: MeasurementTally,
  last: Phase | null,
  terminating: boolean,
): Phase {
  if (last === null) return terminating ? 'successful' : 'pending';
  if (last === 'running' || last === 'pending') return 'running';
  const broken = brokenLimit(limits, tally);
  if (broken !== null) return broken.verdict;
  const successLimit = limits.consecutiveSuccessLimit ?? 0;
  if (successLimit > 0 && tally.consecutiveSuccess >= successLimit) return 'successful';
  if (tally.count >= effectiveCount(limits)) return atTheEnd(limits);
  return terminating ? 'successful' : 'running';
}

/** The metric has had all its measurements and no limit decided. */
function atTheEnd(limits: MeasurementLimits): Verdict {
  if ((limits.consecutiveSuccessLimit ?? 0) === 0) return 'successful';
  return effectiveFailureLimit(limits) < 0 ? 'failed' : 'inconclusive';
}

/** How many measurements there will be: the count; without one, one if there is no interval, else no end of them. */
export function effectiveCount({ count = 0, intervalMs }: MetricLimits): number {
  if (count > 0) return count;
  return intervalMs === undefined ? 1 : Infinity;
}

function effectiveFailureLimit({ failureLimit, consecutiveFailureLimit }: MeasurementLimits): number {
  return failureLimit ?? (consecutiveFailureLimit === undefined ? 0 : -1);
}
