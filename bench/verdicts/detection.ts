import type { AnalysisPlan } from '../../src/domain/analysis/plan.js';
import { seededRandom } from '../../src/domain/simulation/random.js';
import { binomial } from '../../src/domain/simulation/sampling/binomial.js';
import { failsAfter } from '../lib/fails-after.js';
import { oracleRequests } from '../lib/oracle.js';
import { round } from '../lib/quantiles.js';
import { counts } from './false-rollbacks.js';
import { meanOf, type Mean } from './rate.js';
import { ALPHA, type VerdictSettings } from './settings.js';

/** How many requests it takes to find a rate that is `times` what is allowed. */
export interface Detection {
  readonly times: number;
  /** So many intervals were healthy before. */
  readonly healthyIntervals: number;
  readonly requests: Mean;
  /** What a test needs that knows the rate, from the beginning. */
  readonly oracleRequests: number;
  readonly ratio: number;
}

const ALLOWED = 0.01;
const BATCH = 10;

/** How often a healthy candidate fails, in shares of what is allowed. */
const HEALTHY = 0.3;

/** By then everything that is bad was found: it never ran out. */
const ENOUGH_LOOKS = 20_000;

export function measureDetection({ badCandidates, seed }: VerdictSettings): readonly Detection[] {
  return [2, 3, 10].flatMap((times) => {
    const actual = times * ALLOWED;
    const question = { allowed: ALLOWED, actual, batch: BATCH, alpha: ALPHA };
    const oracle = oracleRequests(seededRandom(seed, 400, times), question, 20 * badCandidates);
    return [0, 100].map((healthyIntervals): Detection => {
      const requests = meanOf(requestsToFind(seededRandom(seed, 401, times), actual, healthyIntervals, badCandidates));
      return {
        times,
        healthyIntervals,
        requests,
        oracleRequests: round(oracle),
        ratio: round(requests.mean / oracle, 3),
      };
    });
  });
}

function requestsToFind(random: () => number, actual: number, healthyIntervals: number, candidates: number): number[] {
  const plan: AnalysisPlan = {
    checks: [{ kind: 'sequential', metric: 'errorRate', max: ALLOWED }],
    dispersion: 1,
  };
  const found: number[] = [];
  while (found.length < candidates) {
    const after = failsAfter(plan, ENOUGH_LOOKS, (index) => ({
      candidate: counts(BATCH, binomial(random, BATCH, index < healthyIntervals ? HEALTHY * ALLOWED : actual)),
    }));
    // A false alarm before anything was wrong is not a detection.
    if (after === null || after > healthyIntervals) found.push(BATCH * ((after ?? ENOUGH_LOOKS) - healthyIntervals));
  }
  return found;
}
