import { FIRST_WEIGHT, LATER_OFFSET, MOST_EVIDENCE } from '../defaults.js';

/**
 * Evidence against a hypothesis, gathered over intervals: a test supermartingale under every member of it.
 *
 * Weighted Shiryaev–Roberts mixture: `S_t^g = (S_{t−1}^g + w_t) · L_t^g`, `E_t = Σ_g π_g S_t^g + (1 − Σ w)`, with
 * `L_t^g` the likelihood ratio of alternative `g` for interval t. A change that begins late starts with its own weight
 * and is not drowned by what came before. By Ville's inequality the chance that E ever reaches 1/α is at most α.
 * (Shin, Ramdas, Rinaldo: E-detectors, arXiv 2203.03532.)
 */
export interface Evidence {
  /** How many intervals told something. */
  readonly intervals: number;
  /** Σ w, at most 1. */
  readonly spent: number;
  /** S, one per alternative. */
  readonly sums: readonly number[];
  /** E: 1 before the first interval. */
  readonly level: number;
}

export const NO_EVIDENCE: Evidence = { intervals: 0, spent: 0, sums: [], level: 1 };

/** At most 1 / Σ (t + c)^−3/2 from t = 2: a convex function's sum is at most its integral from half a step earlier. */
const PER_LATER_WEIGHT = Math.sqrt(1.5 + LATER_OFFSET) / 2;

/**
 * w_t: most of it for the first interval, the rest ∝ (t + c)^−3/2; all of them together are at most 1.
 *
 * Slower to fall than 1/(t ln² t) for the first million intervals, so that less is missing when a change comes late:
 * `npm run bench -- verdicts` measures both ends.
 */
export function weightOf(interval: number): number {
  if (interval === 1) return FIRST_WEIGHT;
  return (1 - FIRST_WEIGHT) * PER_LATER_WEIGHT * (interval + LATER_OFFSET) ** -1.5;
}

/**
 * The evidence after one more interval.
 *
 * @param prior π, one per alternative, Σ π = 1
 * @param logRatios ln L of this interval, one per alternative; above zero speaks for the alternative
 */
export function gather(evidence: Evidence, prior: readonly number[], logRatios: readonly number[]): Evidence {
  const intervals = evidence.intervals + 1;
  // A rollout that began under other weights may have spent more by now: never more than all.
  const weight = Math.max(0, Math.min(weightOf(intervals), 1 - evidence.spent));
  const spent = evidence.spent + weight;
  const before = evidence.sums;
  const sums = prior.slice();
  let level = 1 - spent;
  for (let index = 0; index < sums.length; index += 1) {
    const grown = ((before[index] ?? 0) + weight) * Math.exp(logRatios[index] ?? 0);
    const sum = grown < MOST_EVIDENCE ? grown : MOST_EVIDENCE;
    sums[index] = sum;
    level += (prior[index] ?? 0) * sum;
  }
  return { intervals, spent, sums, level: level < MOST_EVIDENCE ? level : MOST_EVIDENCE };
}

/** Evidence beyond doubt: something happened that the hypothesis rules out. */
export function refuted(evidence: Evidence): Evidence {
  return { ...evidence, intervals: evidence.intervals + 1, level: MOST_EVIDENCE };
}
