import type { LatencyBucket } from '../analysis/sample.js';
import { LATENCY_EDGES_MS } from './defaults.js';
import type { Random } from './random.js';
import { binomial } from './sampling/binomial.js';

/** How long requests take: log-normal, told by two quantiles. */
export interface LatencyModel {
  readonly medianMs: number;
  /** 99 of 100 are at most so slow; at least the median. */
  readonly p99Ms: number;
}

/** The chance of every bucket, given that a request is in none below it; the last is the bucket without an end. */
export type BucketChances = readonly number[];

/** The 0.99 quantile of the standard normal distribution. */
const Z_99 = 2.3263478740408408;

export function bucketChances({ medianMs, p99Ms }: LatencyModel): BucketChances {
  const spread = Math.log(p99Ms / medianMs) / Z_99;
  let below = 0;
  const chances = LATENCY_EDGES_MS.map((edge) => {
    const upTo = shareUpTo(Math.log(edge / medianMs), spread);
    const chance = below < 1 ? Math.min(1, Math.max(0, (upTo - below) / (1 - below))) : 1;
    below = Math.max(below, upTo);
    return chance;
  });
  return [...chances, 1];
}

function shareUpTo(logDistance: number, spread: number): number {
  if (spread > 0) return standardNormal(logDistance / spread);
  return logDistance >= 0 ? 1 : 0;
}

/** Φ by Abramowitz, Stegun 26.2.17: off by at most 7.5e-8, far below what a simulation can show. */
function standardNormal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * poly;
  return z > 0 ? 1 - tail : tail;
}

/** The histogram of `requests` requests: multinomial, one binomial per bucket. */
export function drawLatencies(random: Random, requests: number, chances: BucketChances): readonly LatencyBucket[] {
  let count = 0;
  return chances.map((chance, index): LatencyBucket => {
    count += binomial(random, requests - count, chance);
    return { leMs: LATENCY_EDGES_MS[index] ?? null, count };
  });
}
