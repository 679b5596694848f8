import type { Random } from '../../src/domain/simulation/random.js';
import { binomial } from '../../src/domain/simulation/sampling/binomial.js';

/** One question that can be put to the oracle. */
export interface OracleQuestion {
  /** The share of bad requests that is allowed. */
  readonly allowed: number;
  /** The true share, which it knows. */
  readonly actual: number;
  readonly batch: number;
  readonly alpha: number;
}

/**
 * How many requests a test needs on average that knows the true share: Wald's sequential probability ratio test of
 * `actual` against `allowed`, with the upper boundary ln(1/α) and none below (power 1: it never accepts), looked at after
 * every batch as ours is. No test with as few false alarms needs fewer (Wald, Wolfowitz 1948), but for what the last
 * batch overshoots.
 */
export function oracleRequests(
  random: Random,
  { allowed, actual, batch, alpha }: OracleQuestion,
  runs: number,
): number {
  const perBad = Math.log(actual / allowed);
  const perGood = Math.log((1 - actual) / (1 - allowed));
  let requests = 0;
  for (let run = 0; run < runs; run += 1) {
    for (let log = 0; log < -Math.log(alpha); requests += batch) {
      const bad = binomial(random, batch, actual);
      log += bad * perBad + (batch - bad) * perGood;
    }
  }
  return requests / runs;
}
