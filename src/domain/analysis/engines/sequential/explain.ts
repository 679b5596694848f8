import { countBad, requestsFor } from '../../criterion.js';
import { DEFAULT_MIN_REQUESTS, HEALTH_BETA } from '../../defaults.js';
import type { Explanation, Joined, Judgement } from '../../engine.js';
import type { Alternatives } from '../../evidence/alternatives.js';
import { requestsUntil } from '../../evidence/growth.js';
import { dispersionFor, isHealthProven, type Weighed } from '../../evidence/weighed.js';
import { formatValue } from '../../format.js';
import { asideOn, needWords, PURPOSE_OF_PROOF, requestWords } from '../../need.js';
import { stageValue, type StageCounts } from '../../stage-counts.js';
import type { CompiledSequential, SequentialState, WeighedCriterion } from './state.js';

type Remembering = Joined<CompiledSequential, SequentialState>;

export function explainSequential(check: Remembering, { because }: Judgement, stage: StageCounts): Explanation {
  const { compiled, state } = check;
  const { metric, minRequests = DEFAULT_MIN_REQUESTS } = compiled.check;
  const requests = stage.candidate === null ? 0 : requestsFor(metric, stage.candidate);
  const found = `${formatValue(stageValue(compiled.metric, stage), compiled.unit)} in ${requestWords(requests)}`;
  const { bound } = compiled;
  if (because === 'requestsMissing') {
    const missing = needWords(minRequests - requests, stage);
    return { reason: `${missing}${asideOn(state)}`, missing };
  }
  if (because === 'beyondBound') {
    const missing = needWords(requestsUntilHarm(check, stage), stage, ' to tell harm from chance');
    return { reason: `${found} is beyond ${bound}, which may be chance: ${missing}`, missing };
  }
  if (because === 'insideBucket') {
    const missing = 'needs a latency bucket that ends at the bound';
    return { reason: `${found} cannot be told from ${bound}: the bound lies inside a bucket`, missing };
  }
  if (because === 'notProven') {
    const missing = needWords(requestsToProve(check, stage), stage, PURPOSE_OF_PROOF);
    return { reason: `${found} is within ${bound}, not proven yet: ${missing}`, missing };
  }
  const proof = state.weighed.every(isHealthProven) ? 'proven' : 'no evidence of harm';
  return { reason: `${found}, within ${bound}, ${proof}${asideOn(state)}`, missing: null };
}

/** About how many more requests it takes to fail, if things go on as in this stage. */
function requestsUntilHarm(check: Remembering, stage: StageCounts): number {
  return Math.min(
    ...eachCriterion(check).map(([criterion, weighed]) => {
      const share = shareIn(criterion, stage, 'surely');
      const perRequest = growth(check, weighed, criterion.harm, share);
      return Math.max(1, requestsUntil(weighed.harm, criterion.harm.prior, perRequest, 1 / check.compiled.alpha));
    }),
  );
}

/** About how many more requests it takes until health is proven, if things go on as in this stage; 0 when it is. */
export function requestsToProve(check: Remembering, stage: StageCounts): number {
  return Math.max(
    ...eachCriterion(check).map(([criterion, weighed]) => {
      if (isHealthProven(weighed)) return 0;
      const share = shareIn(criterion, stage, 'possibly');
      const perRequest = growth(check, weighed, criterion.health, share);
      return requestsUntil(weighed.health, criterion.health.prior, perRequest, 1 / HEALTH_BETA);
    }),
  );
}

/** What a request adds to the evidence for each alternative, on average, where `share` of them are bad. */
function growth(
  { compiled }: Remembering,
  weighed: Weighed,
  { perBad, perGood }: Alternatives,
  share: number,
): readonly number[] {
  const dispersion = dispersionFor(compiled, weighed);
  return perBad.map((bad, index) => (share * bad + (1 - share) * (perGood[index] ?? 0)) / dispersion);
}

function eachCriterion({ compiled, state }: Remembering): readonly (readonly [WeighedCriterion, Weighed])[] {
  return compiled.criteria.flatMap((criterion, index) => {
    const weighed = state.weighed[index];
    return weighed === undefined ? [] : [[criterion, weighed] as const];
  });
}

function shareIn({ event }: WeighedCriterion, { candidate }: StageCounts, how: 'surely' | 'possibly'): number {
  if (candidate === null) return 0;
  const count = countBad(event, candidate);
  return count.requests > 0 ? count[how] / count.requests : 0;
}
