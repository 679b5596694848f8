import type { AnalysisPlan } from '../../src/domain/analysis/plan.js';
import type { TrafficSample } from '../../src/domain/analysis/sample.js';
import { bucketChances, drawLatencies, type BucketChances } from '../../src/domain/simulation/latency.js';
import { seededRandom, type Random } from '../../src/domain/simulation/random.js';
import { failsAfter } from '../lib/fails-after.js';
import { rateOf, type Rate } from './rate.js';
import { LOOKS, type VerdictSettings } from './settings.js';

/** Latencies against the baseline's. */
export interface LatencyFigures {
  /** Two backends that are alike. */
  readonly falseRollbacks: Rate;
  /** A candidate twice as slow where 1.5 × is allowed. */
  readonly found: Rate;
  readonly medianRequests: number;
}

const ALLOWED: AnalysisPlan = {
  checks: [{ kind: 'baseline', metric: 'latencyP99', maxIncrease: 0.5 }],
  dispersion: 1,
};

const CANDIDATE_REQUESTS = 50;
const BASELINE_REQUESTS = 150;

export function measureLatency({ slowCandidates, seed }: VerdictSettings): LatencyFigures {
  const usual = chancesAt(60);
  const slow = chancesAt(120);
  const random = seededRandom(seed, 500);
  const failsAt = (candidate: BucketChances): number | null =>
    failsAfter(ALLOWED, LOOKS, () => ({
      candidate: timed(random, CANDIDATE_REQUESTS, candidate),
      baseline: timed(random, BASELINE_REQUESTS, usual),
    }));
  const looks: number[] = [];
  const found = rateOf(slowCandidates, () => {
    const after = failsAt(slow);
    if (after !== null) looks.push(after);
    return after !== null;
  });
  looks.sort((a, b) => a - b);
  return {
    falseRollbacks: rateOf(slowCandidates, () => failsAt(usual) !== null),
    found,
    medianRequests: CANDIDATE_REQUESTS * (looks[Math.floor(looks.length / 2)] ?? NaN),
  };
}

/** Log-normal, with a tail five times the median. */
function chancesAt(medianMs: number): BucketChances {
  return bucketChances({ medianMs, p99Ms: 5 * medianMs });
}

function timed(random: Random, requests: number, chances: BucketChances): TrafficSample {
  return { requests, errors: 0, latencyHistogram: drawLatencies(random, requests, chances) };
}
