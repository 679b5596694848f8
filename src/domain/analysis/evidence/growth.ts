import { FIRST_WEIGHT } from '../defaults.js';
import type { Evidence } from './process.js';

/** Beyond this nobody counts. */
const FAR = 2 ** 60;

/** A person is told a round number: the answer need not be finer. */
const GRAIN = 1.005;

/** exp of more is more than any evidence. */
const MOST_NATS = 700;

/**
 * About how many more requests it takes until `evidence` reaches `enough`, if things go on as they are; `Infinity` when
 * they never will.
 *
 * The evidence for alternative g grows by e^(n d_g) over n requests, so that what there is by then is
 * `(1 − Σ w) + Σ_g π_g S_g e^(n d_g)`; n is found by bisection. Later starting weights are left out: they are small.
 *
 * @param prior π, one per alternative
 * @param perRequest d, the expected growth for each alternative, in nats per request
 */
export function requestsUntil(
  evidence: Evidence,
  prior: readonly number[],
  perRequest: readonly number[],
  enough: number,
): number {
  if (!perRequest.some((nats) => nats > 0)) return Infinity;
  const begun = evidence.intervals > 0;
  const spent = begun ? evidence.spent : FIRST_WEIGHT;
  const sums = begun ? evidence.sums : prior.map(() => FIRST_WEIGHT);
  const isEnoughAfter = (requests: number): boolean => {
    let level = 1 - spent;
    for (let index = 0; index < prior.length; index += 1) {
      const nats = Math.log(sums[index] ?? 0) + requests * (perRequest[index] ?? 0);
      level += (prior[index] ?? 0) * Math.exp(Math.min(nats, MOST_NATS));
    }
    return level >= enough;
  };
  let most = 1;
  while (!isEnoughAfter(most)) {
    most *= 2;
    if (most > FAR) return Infinity;
  }
  for (let least = most / 2; most > least * GRAIN && most > 1;) {
    const middle = (least + most) / 2;
    if (isEnoughAfter(middle)) most = middle;
    else least = middle;
  }
  return most;
}
