import type { Random } from '../../src/domain/simulation/random.js';
import { binomial } from '../../src/domain/simulation/sampling/binomial.js';
import { failures } from '../../src/domain/simulation/sampling/failures.js';
import { gamma } from '../../src/domain/simulation/sampling/gamma.js';

/** How many of `requests` fail, at a mean share `p`, when counts scatter `dispersion` times as much as by chance. */
export type Burst = (random: Random, requests: number, p: number, dispersion: number) => number;

/** Clusters of geometric size: a call that fails is tried again. */
function clusters(random: Random, requests: number, p: number, dispersion: number): number {
  const size = (dispersion + 1) / 2;
  let bad = 0;
  for (let left = binomial(random, requests, p / size); left > 0; left -= 1) {
    bad += 1;
    while (random() < 1 - 1 / size) bad += 1;
  }
  return Math.min(requests, bad);
}

/** The rate itself wanders from interval to interval: beta-binomial. */
function wanderingRate(random: Random, requests: number, p: number, dispersion: number): number {
  const correlation = (dispersion - 1) / (requests - 1);
  const size = (1 - correlation) / correlation;
  const bad = gamma(random, p * size);
  const good = gamma(random, (1 - p) * size);
  return binomial(random, requests, bad / (bad + good));
}

/** Shapes of bursts with one mean and one variance: a promise must hold for all of them. */
export const BURSTS: Readonly<Record<string, Burst>> = {
  'geometric clusters': clusters,
  'negative binomial': failures,
  'beta-binomial': wanderingRate,
};
