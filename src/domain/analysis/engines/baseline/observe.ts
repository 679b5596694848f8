import { isLatencyMetric, valueOf } from '../../criterion.js';
import type { RatioAlternatives } from '../../evidence/alternatives.js';
import { excessAfter } from '../../evidence/excess.js';
import { gather, type Evidence } from '../../evidence/process.js';
import type { Scatter } from '../../evidence/scatter.js';
import { dispersionFor, isHarmProven, type Weighed } from '../../evidence/weighed.js';
import { remember, withTrouble, type Failure } from '../../memory.js';
import { isProportionMetric } from '../../plan.js';
import { isTrouble, type Counts, type Reading, type Trouble } from '../../reading.js';
import type { StageCounts } from '../../stage-counts.js';
import { compareCounts, type Comparison } from './compare.js';
import { boundsFrom, referenceWith, scatterWith } from './learning.js';
import { isSuspendedBy, type BaselineState, type Compared, type CompiledBaseline } from './state.js';
import { comparisonWords } from './words.js';

/** The check after one more interval: O(alternatives), however many intervals there were. */
export function observeBaseline(
  compiled: CompiledBaseline,
  state: BaselineState,
  reading: Reading,
  stage: StageCounts,
): BaselineState {
  if (state.failure !== null) return state;
  const { candidate, baseline } = reading;
  if (isTrouble(candidate)) return withTrouble(state, candidate);
  if (isTrouble(baseline)) return withTrouble(state, baseline);
  const trouble = isLatencyMetric(compiled.check.metric) ? latencyTrouble(candidate, baseline) : null;
  if (trouble !== null) return withTrouble(state, trouble);

  const traffic = {
    candidate: state.traffic.candidate + candidate.requests,
    baseline: state.traffic.baseline + baseline.requests,
  };
  const suspended = isSuspendedBy(stage, state, traffic);
  const found = suspended ? state : compareIn(compiled, state, candidate, baseline, reading.startMs);
  return {
    key: state.key,
    engine: 'baseline',
    failure: suspended ? null : failureIn(compiled, found, reading.endMs),
    trouble: null,
    troublesInARow: 0,
    recent: remember(state.recent, valueIn(compiled, candidate)),
    weighed: found.weighed,
    compared: found.compared,
    doubted: found.doubted,
    traffic,
    suspended,
    bounds: found.bounds,
    reference: found.reference,
  };
}

function latencyTrouble(candidate: Counts, baseline: Counts): Trouble | null {
  if (candidate.requests > 0 && candidate.histogramTrouble !== null) return candidate.histogramTrouble;
  return baseline.requests > 0 ? baseline.histogramTrouble : null;
}

/** What a comparison changes. */
type Found = Pick<BaselineState, 'weighed' | 'compared' | 'doubted' | 'bounds' | 'reference'>;

function compareIn(
  compiled: CompiledBaseline,
  state: BaselineState,
  candidate: Counts,
  baseline: Counts,
  startMs: number,
): Found {
  // By what the baseline did before: its own quantile of the same interval would see differences where there are none.
  const bounds = boundsFrom(compiled, state.reference);
  const comparison = compareCounts(compiled, candidate, baseline, bounds);
  const scatter = scatterWith(compiled, state.weighed.scatter, baseline, bounds);
  const reference = referenceWith(compiled, state.reference, baseline);
  if (comparison === null) {
    const { weighed, compared, doubted } = state;
    return { weighed: { ...weighed, scatter }, compared, doubted, bounds: state.bounds, reference };
  }
  return {
    weighed: weigh(compiled, state.weighed, comparison, { candidate, baseline, startMs }, scatter),
    compared: addCompared(state.compared, comparison.forHarm),
    doubted: addCompared(state.doubted, comparison.forHealth),
    bounds,
    reference,
  };
}

function weigh(
  compiled: CompiledBaseline,
  before: Weighed,
  { forHarm, forHealth }: Comparison,
  { candidate, baseline, startMs }: { readonly candidate: Counts; readonly baseline: Counts; readonly startMs: number },
  scatter: Scatter,
): Weighed {
  const { ratio, harm, health } = compiled;
  const { requests, bad, baselineRequests, baselineBad } = forHarm;
  const dispersion = dispersionFor(compiled, before);
  const ofCandidate = requests > 0 ? (ratio * requests) / (ratio * requests + baselineRequests) : 0;
  return {
    harm: gatherRatios(before.harm, harm, ratio, forHarm, dispersion),
    health: gatherRatios(before.health, health, ratio, forHealth, dispersion),
    excess: excessAfter(before.excess, {
      startMs,
      candidate,
      baseline,
      requests,
      bad,
      allowedBad: ofCandidate * (bad + baselineBad),
      baselineRequests,
      baselineBad,
    }),
    scatter,
  };
}

/**
 * The evidence about the ratio of two rates after one more interval.
 *
 * Given all the bad requests m = s_c + s_b of an interval, the candidate's part is Binomial(m, θ(ρ)) with
 * θ(ρ) = ρ n_c / (ρ n_c + n_b): a shock that hits both backends changes m, not θ. ln L = (s_c ln(θ(ρ)/θ(r)) +
 * s_b ln((1−θ(ρ))/(1−θ(r)))) / φ. (Kulldorff et al. 2011; Lindon, Sanden, Shirikian, arXiv 2210.08589.)
 *
 * An interval without anything bad, or without one of the backends, tells nothing.
 */
function gatherRatios(
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

function addCompared(sum: Compared, next: Compared): Compared {
  return {
    requests: sum.requests + next.requests,
    bad: sum.bad + next.bad,
    baselineRequests: sum.baselineRequests + next.baselineRequests,
    baselineBad: sum.baselineBad + next.baselineBad,
  };
}

function failureIn(compiled: CompiledBaseline, { weighed, bounds }: Found, atMs: number): Failure | null {
  const { excess } = weighed;
  if (excess === null || !isHarmProven(compiled, weighed)) return null;
  return {
    atMs,
    sinceMs: excess.sinceMs,
    value: valueIn(compiled, excess.candidate),
    baselineValue: excess.baseline === null ? null : valueIn(compiled, excess.baseline),
    sharedWithBaseline: false,
    reason: `${comparisonWords(compiled, excess, bounds)}, allowed is ${compiled.bound}`,
  };
}

function valueIn({ check }: CompiledBaseline, counts: Counts): number | null {
  return isProportionMetric(check.metric) ? valueOf(check.metric, counts) : null;
}
