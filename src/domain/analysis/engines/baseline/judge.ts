import { isLatencyMetric } from '../../criterion.js';
import { DEFAULT_MIN_REQUESTS, NOT_BY_CHANCE, RATE_TOLERANCE } from '../../defaults.js';
import { FAILED, PASSED, TROUBLE, undecided, type Joined, type Judgement } from '../../engine.js';
import { divergence } from '../../evidence/excess.js';
import { dispersionFor, isHealthProven } from '../../evidence/weighed.js';
import { isBlind } from '../../memory.js';
import { isFair, type BaselineState, type Compared, type CompiledBaseline } from './state.js';

/**
 * What the check says of the stage so far: it passes with enough requests, an estimate within the ratio and no evidence
 * of harm; where the plan asks for proof, with evidence of health. While suspended it neither passes nor blocks; with a
 * baseline that should have traffic and has hardly any it is unknown.
 */
export function judgeBaseline({ compiled, state }: Joined<CompiledBaseline, BaselineState>): Judgement {
  const { check, ratio, needsProof } = compiled;
  if (state.failure !== null) return FAILED;
  if (isBlind(state)) return TROUBLE;
  if (state.suspended) return undecided('suspended');
  const { compared } = state;
  if (compared.requests < (check.minRequests ?? DEFAULT_MIN_REQUESTS)) return undecided('requestsMissing');
  if (!isFair(state.traffic) || !(compared.baselineRequests > 0)) return undecided('nothingToCompare');
  if (compared.bad >= compared.requests) return undecided('nothingToCompare');
  if (isBeyond(compared, ratio)) return undecided('beyondBound');
  if (isLatencyMetric(check.metric) && isClearlyBeyond(state.doubted, ratio, dispersionFor(compiled, state.weighed)))
    return undecided('insideBucket');
  if (needsProof && !isHealthProven(state.weighed)) return undecided('notProven');
  return PASSED;
}

/** One bad request alone is no estimate of a rate. */
function isBeyond({ requests, bad, baselineRequests, baselineBad }: Compared, ratio: number): boolean {
  return bad > 1 && bad * baselineRequests > ratio * baselineBad * requests * (1 + RATE_TOLERANCE);
}

/**
 * The candidate has more bad ones than `ratio` allows, and not by chance: two alike backends come here at most once in
 * twenty times. Of latencies, at the stricter edge, whether it is worse than allowed is hidden inside a bucket.
 */
export function isClearlyBeyond(doubted: Compared, ratio: number, dispersion: number): boolean {
  const all = doubted.bad + doubted.baselineBad;
  if (!(all > 0) || !(doubted.baselineRequests > 0)) return false;
  const allowed = (ratio * doubted.requests) / (ratio * doubted.requests + doubted.baselineRequests);
  const found = doubted.bad / all;
  return found > allowed && (all * divergence(found, allowed)) / dispersion >= NOT_BY_CHANCE;
}
