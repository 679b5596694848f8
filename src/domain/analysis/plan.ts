import type { AnalysisInterval } from './sample.js';

/** Metrics that are computed from counts. A name that is none of these is a named scalar. */
export const COUNTED_METRICS = [
  'errorRate',
  'successRate',
  'latencyP50',
  'latencyP95',
  'latencyP99',
  'requestRate',
] as const;

export type CountedMetric = (typeof COUNTED_METRICS)[number];

/** Counted metrics that say how often something bad happens: only these can be judged from evidence. */
export const PROPORTION_METRICS = ['errorRate', 'successRate', 'latencyP50', 'latencyP95', 'latencyP99'] as const;

export type ProportionMetric = (typeof PROPORTION_METRICS)[number];

export function isCountedMetric(metric: string): metric is CountedMetric {
  return (COUNTED_METRICS as readonly string[]).includes(metric);
}

/** Whether a check on `metric` may be of kind `sequential` or `baseline`. */
export function isProportionMetric(metric: string): metric is ProportionMetric {
  return (PROPORTION_METRICS as readonly string[]).includes(metric);
}

/** What is allowed. Rates are fractions 0–1, latencies milliseconds, request rates per second. */
export interface Bounds {
  readonly max?: number;
  readonly min?: number;
}

/** Argo Rollouts' limits on the measurements of one check. */
export interface MeasurementLimits {
  /**
   * How many measurements may fail: one more fails the check; -1 is no limit.
   *
   * @default 0; -1 when `consecutiveFailureLimit` is given
   */
  readonly failureLimit?: number;
  /** How many measurements may be inconclusive: one more makes the check inconclusive. @default 0 */
  readonly inconclusiveLimit?: number;
  /** How many measurements in a row may be errors: one more makes the check an error until data comes back. @default 4 */
  readonly consecutiveErrorLimit?: number;
  /** The check succeeds for good after so many successes in a row. @default 0, not asked for */
  readonly consecutiveSuccessLimit?: number;
  /** How many measurements in a row may fail: one more fails the check. Not one of Argo's. @default no limit */
  readonly consecutiveFailureLimit?: number;
  /** The check is over after so many measurements, as soon as the newest is a good one. @default no end */
  readonly count?: number;
}

/** Fixed bounds on every measurement, with Argo Rollouts' limits. */
export interface ThresholdCheck extends Bounds, MeasurementLimits {
  readonly kind: 'threshold';
  /** A {@link CountedMetric} or the name of a scalar. */
  readonly metric: string;
  /** Every measurement looks back over so much time. @default the interval alone */
  readonly windowMs?: number;
  /** A measurement gathers intervals until it has as many requests (default 1); a stage needs as many (default 100). */
  readonly minRequests?: number;
  /** For a named scalar: the query, in the source's language. */
  readonly query?: string;
  /** Which of the worker's metric sources answers the query. @default the one of the service */
  readonly source?: string;
}

/** Bounds on a proportion, judged at any time without lying: fails on evidence, not on a bad minute. */
export interface SequentialCheck extends Bounds {
  readonly kind: 'sequential';
  readonly metric: string;
  /** A stage needs as many of the candidate's requests to pass. @default 100 */
  readonly minRequests?: number;
}

/** A proportion against the baseline backend in the same moments: what hits both cancels. */
export interface BaselineCheck {
  readonly kind: 'baseline';
  readonly metric: string;
  /** 0.5 is half as much again as the baseline, 0 is no worse. For `successRate` it bounds the rate of errors. */
  readonly maxIncrease: number;
  /** A stage needs as many of the candidate's requests to pass. @default 100 */
  readonly minRequests?: number;
}

/** Fixed bounds on a value that Headgate does not compute: `scalars[name]` of every interval. */
export interface CustomCheck extends Bounds, MeasurementLimits {
  readonly kind: 'custom';
  readonly name: string;
  /** In the source's language. */
  readonly query?: string;
  /** Which of the worker's metric sources answers the query. @default the one of the service */
  readonly source?: string;
  readonly windowMs?: number;
}

export type Check = ThresholdCheck | SequentialCheck | BaselineCheck | CustomCheck;

/**
 * How much more failures scatter than independent ones would: the variance of a count over what chance alone gives.
 *
 * A number holds as it is (1: no correction). Otherwise it is estimated from intervals of the baseline that came before.
 */
export type Dispersion = number | { readonly fromBaseline: readonly AnalysisInterval[] };

export interface AnalysisPlan {
  readonly checks: readonly Check[];
  /** The chance of a false alarm for the whole plan, over the whole rollout, in (0, 1). @default 0.05 */
  readonly alpha?: number;
  /** What lets a stage pass: no evidence of harm, or evidence of health. @default 'no-harm' */
  readonly proof?: 'no-harm' | 'evidence';
  /** @default from the baseline seen before; 4 until it tells enough */
  readonly dispersion?: Dispersion;
}
