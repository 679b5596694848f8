import type { Random } from '../random.js';
import { binomial } from './binomial.js';
import { gamma } from './gamma.js';
import { poisson } from './poisson.js';

/**
 * How many of `requests` fail when each has the chance `p` and failures come in bursts: their count scatters `dispersion`
 * times as much as that of rare independent failures.
 *
 * Independent for 1: binomial. Otherwise negative binomial with the variance `dispersion` × mean, drawn as a Poisson
 * number whose mean is gamma distributed (Greenwood, Yule 1920), the same as bursts of logarithmic size (Quenouille
 * 1949): two halves of an interval add up to the whole. Never more than there are requests.
 */
export function failures(random: Random, requests: number, p: number, dispersion: number): number {
  if (!(dispersion > 1)) return binomial(random, requests, p);
  if (!(requests > 0) || !(p > 0)) return 0;
  if (p >= 1) return requests;
  const scale = dispersion - 1;
  return Math.min(requests, poisson(random, scale * gamma(random, (requests * p) / scale)));
}
