import { addHistograms, quantileForDisplay, type Histogram } from '../analysis/histogram.js';
import type { Sampled, TrafficSample } from '../analysis/sample.js';

/** What was served within a range of time. A field is absent where its source cannot know it: that is not 0. */
export interface TrafficMetrics {
  /** Requests a second. */
  readonly requestRate?: number;
  /** The share of answered requests that failed, 0–1. */
  readonly errorRate?: number;
  /** The share of answered requests that succeeded, 0–1. */
  readonly successRate?: number;
  /** Milliseconds, of answered requests; read off a histogram, so as exact as its edges. */
  readonly latencyP50?: number;
  readonly latencyP95?: number;
  readonly latencyP99?: number;
  /** At the end of the range. */
  readonly activeUsers?: number;
  readonly requests?: number;
  readonly errors?: number;
  /** Requests that nobody waited for any more. Absent: none, or they are not counted. */
  readonly unanswered?: number;
  /** The share of the range of which the source knows, 0–1: everything else is of that part. */
  readonly coverage: number;
}

/** The same of a whole service, and of each of its backends. */
export interface ServiceMetrics extends TrafficMetrics {
  /** By slot. */
  readonly backends: Readonly<Record<string, TrafficMetrics>>;
  /** ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  /** What the source could not say, one sentence each. Absent: it said everything. */
  readonly trouble?: readonly string[];
}

/** What one backend, or all of them, did: a sample per step of `stepMs`, oldest first. */
export function trafficMetrics(samples: readonly Sampled[], stepMs: number): TrafficMetrics {
  const known = samples.filter((sample) => sample !== 'no-data');
  const coverage = samples.length === 0 ? 0 : known.length / samples.length;
  if (known.length === 0) return { coverage };
  const requests = sum(known, (sample) => sample.requests);
  const errors = sum(known, (sample) => sample.errors);
  const unanswered = sum(known, (sample) => sample.unanswered ?? 0);
  const answered = requests - unanswered;
  const { activeUsers } = known.at(-1) ?? {};
  return {
    requestRate: (requests * 1000) / (known.length * stepMs),
    requests,
    errors,
    ...(unanswered === 0 ? {} : { unanswered }),
    ...(answered > 0 ? { errorRate: errors / answered, successRate: 1 - errors / answered } : {}),
    ...latenciesOf(known),
    ...(activeUsers === undefined ? {} : { activeUsers }),
    coverage,
  };
}

/** The whole service, step by step: known where each of its backends is. */
export function sumOfBackends(backends: readonly (readonly Sampled[])[]): readonly Sampled[] {
  const [first = []] = backends;
  return first.map((_, step) =>
    backends.map((samples) => samples[step] ?? 'no-data').reduce((whole, sample) => sumOf(whole, sample)),
  );
}

function sumOf(a: Sampled, b: Sampled): Sampled {
  if (a === 'no-data' || b === 'no-data') return 'no-data';
  const latencyHistogram = histogramOf([a, b]);
  const activeUsers =
    a.activeUsers === undefined || b.activeUsers === undefined ? undefined : a.activeUsers + b.activeUsers;
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    unanswered: (a.unanswered ?? 0) + (b.unanswered ?? 0),
    ...(latencyHistogram === null ? {} : { latencyHistogram }),
    ...(activeUsers === undefined ? {} : { activeUsers }),
  };
}

function latenciesOf(samples: readonly TrafficSample[]): Partial<TrafficMetrics> {
  const histogram = histogramOf(samples);
  // Without an edge there is nothing to read off.
  if (histogram === null || histogram.length < 2) return {};
  const quantile = (share: number): number | undefined => quantileForDisplay(histogram, share) ?? undefined;
  const [latencyP50, latencyP95, latencyP99] = [quantile(0.5), quantile(0.95), quantile(0.99)];
  if (latencyP50 === undefined || latencyP95 === undefined || latencyP99 === undefined) return {};
  return { latencyP50, latencyP95, latencyP99 };
}

/** Of all answered requests; `null` where the latencies of some were not counted. */
function histogramOf(samples: readonly TrafficSample[]): Histogram | null {
  let sum: Histogram | null = null;
  for (const { latencyHistogram, requests, unanswered = 0 } of samples) {
    if (latencyHistogram === undefined) {
      if (requests > unanswered) return null;
    } else sum = sum === null ? latencyHistogram : addHistograms(sum, latencyHistogram);
  }
  return sum;
}

function sum(samples: readonly TrafficSample[], of: (sample: TrafficSample) => number): number {
  return samples.reduce((so, sample) => so + of(sample), 0);
}
