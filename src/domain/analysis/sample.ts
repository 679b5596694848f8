/** One bucket of a latency histogram: how many requests took at most `leMs`; `null` is +∞. */
export interface LatencyBucket {
  readonly leMs: number | null;
  /** Cumulative, as in Prometheus: includes every smaller bucket. */
  readonly count: number;
}

/** What one backend did in one interval: counts of the interval alone, never gauges. */
export interface TrafficSample {
  /** Requests that ended, those that nobody answered included. */
  readonly requests: number;
  /** Of those that were answered. */
  readonly errors: number;
  /**
   * Of `requests`, those that ended before the backend began to answer, because whoever asked gave up. They are neither
   * success nor error, and have no latency: every rate and every quantile is one of answered requests. Absent: none, or
   * the source does not count them.
   */
  readonly unanswered?: number;
  /** Of those that were answered. */
  readonly latencyHistogram?: readonly LatencyBucket[];
  readonly activeUsers?: number;
}

export type Sampled = TrafficSample | 'no-data';

/** What was observed in one interval of a rollout: the input of every check. */
export interface AnalysisInterval {
  /** Epoch milliseconds; the interval is [startMs, endMs). */
  readonly startMs: number;
  readonly endMs: number;
  readonly candidate: Sampled;
  readonly baseline?: Sampled;
  /** Values of named metrics at the end of the interval; one that is missing is unknown. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** Only a part of an interval, at the end of a stage: named metrics are measured at the ends of whole ones. */
  readonly part?: boolean;
}
