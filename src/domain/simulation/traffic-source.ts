import type { LatencyBucket, TrafficSample } from '../analysis/sample.js';
import { bucketChances, drawLatencies, type BucketChances, type LatencyModel } from './latency.js';
import { seededRandom } from './random.js';
import { failures } from './sampling/failures.js';
import { poisson } from './sampling/poisson.js';
import type { Degradation, TrafficModel, VersionModel } from './traffic-model.js';

/** What both versions did in one interval. */
export interface SampledTraffic {
  readonly candidate: TrafficSample;
  readonly baseline: TrafficSample;
}

/** Names the streams of random numbers of one run. */
const STREAM = { traffic: 1, shocks: 2 } as const;

/** A degradation along a straight line is drawn as so many steps. */
const STEPS = 12;

/** From when to when there is traffic: milliseconds, 0 is the rollout's first percent. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The traffic of one simulated rollout. The same seed and run give the same traffic for the same shares, whoever asks
 * and in whatever intervals: every piece is drawn by the moment at which it begins.
 */
export class TrafficSource {
  private readonly shocks: readonly Span[];
  private readonly cuts: readonly number[];
  private readonly chances = new Map<LatencyModel, BucketChances>();

  /**
   * @param grainMs requests are drawn for pieces of this length: askers whose intervals are whole numbers of pieces see
   *   the very same requests
   */
  constructor(
    private readonly model: TrafficModel,
    private readonly seed: number,
    private readonly run: number,
    private readonly grainMs: number,
    span: Span,
  ) {
    this.shocks = shocksOf(model, seed, run, span);
    this.cuts = [...cutsOf(model.degradation), ...this.shocks.flatMap(({ fromMs, toMs }) => [fromMs, toMs])];
  }

  /** What happened in [fromMs, toMs) while the candidate had `sharePercent` of the traffic. */
  sample(fromMs: number, toMs: number, sharePercent: number): SampledTraffic {
    const candidate = new Sum();
    const baseline = new Sum();
    for (let at = fromMs; at < toMs;) {
      const end = Math.min(toMs, this.endOfPiece(at));
      this.draw(at, end, sharePercent, candidate, baseline);
      at = end;
    }
    return { candidate: candidate.sample(), baseline: baseline.sample() };
  }

  private endOfPiece(atMs: number): number {
    let end = (Math.floor(atMs / this.grainMs) + 1) * this.grainMs;
    for (const cut of this.cuts) if (cut > atMs && cut < end) end = cut;
    return end;
  }

  private draw(fromMs: number, toMs: number, sharePercent: number, candidate: Sum, baseline: Sum): void {
    const { model } = this;
    const random = seededRandom(this.seed, this.run, STREAM.traffic, fromMs);
    const mean = (model.requestsPerSecond * (toMs - fromMs)) / 1000;
    const shock = this.shocks.some((one) => one.fromMs <= fromMs && fromMs < one.toMs)
      ? (model.shocks?.errorRate ?? 0)
      : 0;
    const drawVersion = (sum: Sum, share: number, version: VersionModel): void => {
      const requests = poisson(random, mean * share);
      const rate = version.errorRate + shock - version.errorRate * shock;
      sum.add(
        requests,
        failures(random, requests, rate, model.dispersion),
        drawLatencies(random, requests, this.chancesOf(version.latency)),
      );
    };
    drawVersion(candidate, sharePercent / 100, candidateAt(model, (fromMs + toMs) / 2));
    drawVersion(baseline, 1 - sharePercent / 100, model.baseline);
  }

  private chancesOf(latency: LatencyModel): BucketChances {
    const known = this.chances.get(latency);
    if (known !== undefined) return known;
    const chances = bucketChances(latency);
    this.chances.set(latency, chances);
    return chances;
  }
}

function candidateAt({ candidate, degradation }: TrafficModel, atMs: number): VersionModel {
  if (degradation === null || atMs < degradation.atMs) return candidate;
  const { overMs, to } = degradation;
  const progress = overMs > 0 ? (atMs - degradation.atMs) / overMs : 1;
  if (progress >= 1) return to;
  const between = (a: number, b: number): number => a + (b - a) * progress;
  return {
    errorRate: between(candidate.errorRate, to.errorRate),
    latency: {
      medianMs: between(candidate.latency.medianMs, to.latency.medianMs),
      p99Ms: between(candidate.latency.p99Ms, to.latency.p99Ms),
    },
  };
}

/** The moments at which the candidate changes. */
function cutsOf(degradation: Degradation | null): readonly number[] {
  if (degradation === null) return [];
  const { atMs, overMs } = degradation;
  if (overMs === 0) return [atMs];
  return Array.from({ length: STEPS + 1 }, (_, step) => Math.round(atMs + (overMs * step) / STEPS));
}

function shocksOf({ shocks }: TrafficModel, seed: number, run: number, span: Span): readonly Span[] {
  if (shocks === null) return [];
  const random = seededRandom(seed, run, STREAM.shocks);
  const found: Span[] = [];
  const wait = (): number => Math.round(-Math.log(1 - random()) * shocks.everyMs) + 1;
  for (let fromMs = span.fromMs + wait(); fromMs < span.toMs;) {
    found.push({ fromMs, toMs: fromMs + shocks.lastMs });
    fromMs += shocks.lastMs + wait();
  }
  return found;
}

class Sum {
  private requests = 0;
  private errors = 0;
  private histogram: readonly LatencyBucket[] = [];

  add(requests: number, errors: number, histogram: readonly LatencyBucket[]): void {
    this.requests += requests;
    this.errors += errors;
    this.histogram =
      this.histogram.length === 0
        ? histogram
        : histogram.map(({ leMs, count }, index) => ({ leMs, count: count + (this.histogram[index]?.count ?? 0) }));
  }

  sample(): TrafficSample {
    return { requests: this.requests, errors: this.errors, latencyHistogram: this.histogram };
  }
}
