import type { RatioAlternatives } from '../../evidence/alternatives.js';
import { gather, type Evidence } from '../../evidence/process.js';
import type { Compared } from './state.js';

/**
 * The evidence about the ratio of two rates after one more interval.
 *
 * Given all the bad requests m = s_c + s_b of an interval, the candidate's part is Binomial(m, θ(ρ)) with
 * θ(ρ) = ρ n_c / (ρ n_c + n_b): a shock that hits both backends changes m, not θ. ln L = (s_c ln(θ(ρ)/θ(r)) +
 * s_b ln((1−θ(ρ))/(1−θ(r)))) / φ. (Kulldorff et al. 2011; Lindon, Sanden, Shirikian, arXiv 2210.08589.)
 *
 * An interval without anything bad, or without one of the backends, tells nothing.
 */
export function gatherRatios(
  evidence: Evidence,
  { prior, ratios, logs }: RatioAlternatives,
  allowed: number,
  { requests, bad, baselineRequests, baselineBad }: Compared,
  dispersion: number,
): Evidence {
  const all = bad + baselineBad;
  if (!(all > 0) || !(requests > 0) || !(baselineRequests > 0)) return evidence;
  const atAllowed = Math.log(allowed * requests + baselineRequests);
  const logRatios = prior.slice();
  for (let index = 0; index < logRatios.length; index += 1) {
    const atRatio = Math.log((ratios[index] ?? allowed) * requests + baselineRequests);
    logRatios[index] = (bad * (logs[index] ?? 0) - all * (atRatio - atAllowed)) / dispersion;
  }
  return gather(evidence, prior, logRatios);
}
