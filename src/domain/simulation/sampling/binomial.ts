import type { Random } from '../random.js';
import { stirlingCorrection } from './log-factorial.js';

/** Below so many expected ones counting up is quicker than rejection. */
const FEW = 10;

/** How many of `n` happen when each has the chance `p`. Exact; takes no longer for large `n`. */
export function binomial(random: Random, n: number, p: number): number {
  if (!(n > 0) || !(p > 0)) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  return n * p < FEW ? byInversion(random, n, p) : byRejection(random, n, p);
}

/** BINV: Kachitvichyanukul, Schmeiser, *Binomial random variate generation*, CACM 31 (1988). */
function byInversion(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  const step = (n + 1) * odds;
  const none = Math.exp(n * Math.log1p(-p));
  for (;;) {
    let left = random();
    let chance = none;
    let happened = 0;
    while (left > chance && happened <= n) {
      left -= chance;
      happened += 1;
      chance *= step / happened - odds;
    }
    if (happened <= n) return happened;
  }
}

/** BTRS: Hörmann, *The generation of binomial random variates*, J. Stat. Comput. Simul. 46 (1993). */
function byRejection(random: Random, n: number, p: number): number {
  const odds = p / (1 - p);
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const squeeze = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > n) continue;
    const accept =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      stirlingCorrection(mode) +
      stirlingCorrection(n - mode) -
      stirlingCorrection(k) -
      stirlingCorrection(n - k);
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= accept) return k;
  }
}
