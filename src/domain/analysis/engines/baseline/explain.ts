import { DEFAULT_MIN_REQUESTS, HEALTH_BETA } from '../../defaults.js';
import type { Explanation, Joined, Judgement } from '../../engine.js';
import { requestsUntil } from '../../evidence/growth.js';
import { dispersionFor, isHealthProven } from '../../evidence/weighed.js';
import { formatNumber } from '../../format.js';
import { asideOn, needWords, PURPOSE_OF_PROOF } from '../../need.js';
import type { StageCounts } from '../../stage-counts.js';
import { isFair, type BaselineState, type CompiledBaseline } from './state.js';
import { comparisonWords, increaseIn, increaseWords } from './words.js';

type Remembering = Joined<CompiledBaseline, BaselineState>;

export function explainBaseline(check: Remembering, { because }: Judgement, stage: StageCounts): Explanation {
  const { compiled, state } = check;
  const { bound } = compiled;
  if (because === 'suspended') {
    const { sharePercent } = stage;
    const left =
      sharePercent === undefined
        ? `the baseline has only ${shareWords(state)} of the traffic`
        : `the plan leaves the baseline ${formatNumber(100 - sharePercent)} % of the traffic`;
    return { reason: `is suspended: ${left}`, missing: null };
  }
  if (because === 'requestsMissing') {
    const missing = needWords((compiled.check.minRequests ?? DEFAULT_MIN_REQUESTS) - state.compared.requests, stage);
    return { reason: `${missing}${asideOn(state)}`, missing };
  }
  if (because === 'nothingToCompare') {
    return { reason: `cannot be decided: ${whyIncomparable(state)}`, missing: 'needs something to compare with' };
  }
  const found = foundWords(check);
  if (because === 'beyondBound') {
    const missing = needWords(requestsUntilEnough(check, 'harm'), stage, ' to tell harm from chance');
    return { reason: `${found} is beyond ${bound}, which may be chance: ${missing}`, missing };
  }
  if (because === 'insideBucket') {
    const missing = 'needs latency buckets that lie closer together';
    return { reason: `${found} cannot be told from ${bound}: the difference is hidden inside a bucket`, missing };
  }
  if (because === 'notProven') {
    const missing = needWords(requestsToProve(check), stage, PURPOSE_OF_PROOF);
    return { reason: `${found} is within ${bound}, not proven yet: ${missing}`, missing };
  }
  const proof = isHealthProven(state.weighed) ? 'proven' : 'no evidence of harm';
  return { reason: `${found}, within ${bound}, ${proof}${asideOn(state)}`, missing: null };
}

function whyIncomparable(state: BaselineState): string {
  if (!(state.traffic.baseline > 0)) return 'the baseline has no requests';
  if (!isFair(state.traffic)) return `the baseline has only ${shareWords(state)} of the traffic`;
  if (!(state.compared.baselineRequests > 0)) return 'the baseline has no requests';
  return 'every request of the candidate is bad';
}

function shareWords({ traffic: { candidate, baseline } }: BaselineState): string {
  return `${formatNumber((100 * baseline) / (candidate + baseline))} %`;
}

function foundWords({ compiled, state }: Remembering): string {
  const increase = increaseIn(state.compared);
  const words = comparisonWords(compiled, state.compared, state.bounds);
  return increase === null ? words : `${words} (${increaseWords(increase)})`;
}

/** About how many more of the candidate's requests it takes until health is proven; 0 when it is. */
export function requestsToProve(check: Remembering): number {
  return isHealthProven(check.state.weighed) ? 0 : requestsUntilEnough(check, 'health');
}

/**
 * About how many more of the candidate's requests it takes until evidence is enough, if things go on as in this stage:
 * with so many bad ones of both backends, split between them as they are.
 */
function requestsUntilEnough({ compiled, state }: Remembering, what: 'harm' | 'health'): number {
  const { requests, bad, baselineRequests, baselineBad } = what === 'harm' ? state.compared : state.doubted;
  const all = bad + baselineBad;
  if (!(all > 0) || !(requests > 0) || !(baselineRequests > 0)) return Infinity;
  const { prior, ratios, logs } = compiled[what];
  const atAllowed = Math.log(compiled.ratio * requests + baselineRequests);
  const perRequest = ratios.map((ratio, index) => {
    const atRatio = Math.log(ratio * requests + baselineRequests);
    const nats = bad * (logs[index] ?? 0) - all * (atRatio - atAllowed);
    return nats / dispersionFor(compiled, state.weighed) / requests;
  });
  const enough = 1 / (what === 'harm' ? compiled.alpha : HEALTH_BETA);
  return Math.max(1, requestsUntil(state.weighed[what], prior, perRequest, enough));
}
