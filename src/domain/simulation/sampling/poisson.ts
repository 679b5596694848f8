import type { Random } from '../random.js';
import { logFactorial } from './log-factorial.js';

const FEW = 10;

/** How often something happens that happens `mean` times on average. Exact; takes no longer for a large mean. */
export function poisson(random: Random, mean: number): number {
  if (!(mean > 0)) return 0;
  return mean < FEW ? byInversion(random, mean) : byRejection(random, mean);
}

function byInversion(random: Random, mean: number): number {
  let left = random();
  let chance = Math.exp(-mean);
  let happened = 0;
  while (left > chance && chance > 0) {
    left -= chance;
    happened += 1;
    chance *= mean / happened;
  }
  return happened;
}

/** PTRS: Hörmann, *The transformed rejection method for generating Poisson random variables*, 1993. */
function byRejection(random: Random, mean: number): number {
  const root = Math.sqrt(mean);
  const log = Math.log(mean);
  const b = 0.931 + 2.53 * root;
  const a = -0.059 + 0.02483 * b;
  const logInverseAlpha = Math.log(1.1239 + 1.1328 / (b - 3.4));
  const squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log(v) + logInverseAlpha - Math.log(a / (us * us) + b) <= k * log - mean - logFactorial(k)) return k;
  }
}
