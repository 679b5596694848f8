/** What a check measures. A name that is none of these is a named scalar. */
export const COUNTED_METRICS = [
  'errorRate',
  'successRate',
  'latencyP50',
  'latencyP95',
  'latencyP99',
  'requestRate',
] as const;

export type CountedMetric = (typeof COUNTED_METRICS)[number];

/** Argo Rollouts' limits. A value outside the bounds is a failed measurement. */
export interface ThresholdCheck {
  readonly kind: 'threshold';
  /** A {@link CountedMetric} or the name of a scalar. Rates are fractions 0–1, latencies milliseconds. */
  readonly metric: string;
  readonly max?: number;
  readonly min?: number;
  /** How many measurements may fail: one more fails the check. Default 0. */
  readonly failureLimit?: number;
  /** Default 0. */
  readonly inconclusiveLimit?: number;
  /** Default 4. */
  readonly consecutiveErrorLimit?: number;
  /** Default 0: not asked for. */
  readonly consecutiveSuccessLimit?: number;
  readonly consecutiveFailureLimit?: number;
  readonly windowMs?: number;
  readonly count?: number;
  /** A measurement gathers intervals until it has as many requests. Default 1. */
  readonly minRequests?: number;
  /** For a named scalar: the query, in the source's language. */
  readonly query?: string;
}

export type Check = ThresholdCheck;

export interface AnalysisPlan {
  readonly checks: readonly Check[];
  /** The chance of a false alarm for the whole plan. Default 0.05. */
  readonly alpha?: number;
  /** Default `no-harm`. */
  readonly proof?: 'no-harm' | 'evidence';
}
