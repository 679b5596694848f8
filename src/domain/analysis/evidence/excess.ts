import { NOT_BY_CHANCE } from '../defaults.js';
import { addCounts, type Counts } from '../reading.js';

/** Since when there is more bad than allowed, and what both backends did since: the window that a breach speaks of. */
export interface Excess {
  readonly sinceMs: number;
  /** Bad requests beyond what is allowed since then: above 0. */
  readonly amount: number;
  readonly candidate: Counts;
  readonly baseline: Counts | null;
  readonly requests: number;
  readonly bad: number;
  readonly baselineRequests: number;
  readonly baselineBad: number;
}

/** What one interval adds to it. */
export interface ExcessPart {
  readonly startMs: number;
  readonly candidate: Counts;
  readonly baseline: Counts | null;
  readonly requests: number;
  readonly bad: number;
  readonly allowedBad: number;
  readonly baselineRequests: number;
  readonly baselineBad: number;
}

/** A cumulative sum that starts over at 0 (Page's CUSUM with the bound as its reference); `null` while it is 0. */
export function excessAfter(excess: Excess | null, part: ExcessPart): Excess | null {
  const amount = (excess === null ? 0 : excess.amount) + part.bad - part.allowedBad;
  if (!(amount > 0)) return null;
  const { candidate, baseline, requests, bad, baselineRequests, baselineBad } = part;
  if (excess === null)
    return { sinceMs: part.startMs, amount, candidate, baseline, requests, bad, baselineRequests, baselineBad };
  return {
    sinceMs: excess.sinceMs,
    amount,
    candidate: addCounts(excess.candidate, candidate),
    baseline: baseline === null ? excess.baseline : addCounts(excess.baseline, baseline),
    requests: excess.requests + requests,
    bad: excess.bad + bad,
    baselineRequests: excess.baselineRequests + baselineRequests,
    baselineBad: excess.baselineBad + baselineBad,
  };
}

/**
 * Whether the baseline breaks the same bound in the same window: its share is above it, and not by chance.
 *
 * Chernoff's bound: the chance of so many bad ones, were `allowed` the truth, is at most exp(−n KL(share ‖ allowed)).
 */
export function isShared({ baselineRequests, baselineBad }: Excess, allowed: number, dispersion: number): boolean {
  if (!(baselineRequests > 0)) return false;
  const share = baselineBad / baselineRequests;
  return share > allowed && (baselineRequests * divergence(share, allowed)) / dispersion >= NOT_BY_CHANCE;
}

/** KL(a ‖ b) between two chances, in nats: what one request tells apart, on average, when `a` is the truth. */
export function divergence(a: number, b: number): number {
  const yes = a > 0 ? a * Math.log(a / b) : 0;
  const no = a < 1 ? (1 - a) * Math.log((1 - a) / (1 - b)) : 0;
  return yes + no;
}
