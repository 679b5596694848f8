import type { RememberingCheck } from '../check-memories.js';
import type { Judgement, StageCounts, Weighed } from '../check-state.js';
import type { WeighedCriterion } from '../compiled-plan.js';
import { countBad, requestsFor } from '../criterion.js';
import { DEFAULT_MIN_REQUESTS, HEALTH_BETA } from '../defaults.js';
import { divergence } from '../evidence/excess.js';
import { dispersionFor, isHealthProven } from '../evidence/weighed.js';
import type { Explanation } from '../explanation.js';
import { formatValue } from '../format.js';
import { asideOn, needWords, requestWords } from '../need.js';
import { stageValue } from '../stage-value.js';

type Remembering = Extract<RememberingCheck, { engine: 'sequential' }>;

export function explainSequential(check: Remembering, { because }: Judgement, stage: StageCounts): Explanation {
  const { compiled, state } = check;
  const { metric, minRequests = DEFAULT_MIN_REQUESTS } = compiled.check;
  const requests = stage.candidate === null ? 0 : requestsFor(metric, stage.candidate);
  const found = `${formatValue(stageValue(compiled, state, stage), compiled.unit)} in ${requestWords(requests)}`;
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
    const missing = needWords(requestsUntilHealth(check, stage), stage, ' to prove health');
    return { reason: `${found} is within ${bound}, not proven yet: ${missing}`, missing };
  }
  const proof = state.weighed.every(isHealthProven) ? 'proven' : 'no evidence of harm';
  return { reason: `${found}, within ${bound}, ${proof}${asideOn(state)}`, missing: null };
}

/** About how many more requests it takes to fail, if things go on as in this stage. */
function requestsUntilHarm(check: Remembering, stage: StageCounts): number {
  const enough = -Math.log(check.compiled.alpha);
  return Math.min(
    ...eachCriterion(check).map(([criterion, weighed]) => {
      const share = shareIn(criterion, stage, 'surely');
      if (!(share > criterion.allowed)) return Infinity;
      return untilEnough(check, weighed, enough - Math.log(Math.max(weighed.harm.level, 1)), share, criterion.allowed);
    }),
  );
}

/** About how many more requests it takes until health is proven, if things go on as in this stage. */
function requestsUntilHealth(check: Remembering, stage: StageCounts): number {
  const enough = -Math.log(HEALTH_BETA);
  return Math.max(
    ...eachCriterion(check).map(([criterion, weighed]) => {
      if (isHealthProven(weighed)) return 0;
      const share = shareIn(criterion, stage, 'possibly');
      if (!(share < criterion.allowed)) return Infinity;
      return untilEnough(
        check,
        weighed,
        enough - Math.log(Math.max(weighed.health.level, 1)),
        share,
        criterion.allowed,
      );
    }),
  );
}

/** Evidence grows by KL(share ‖ allowed)/φ per request, once the best alternative has come forward. */
function untilEnough(
  { compiled }: Remembering,
  weighed: Weighed,
  nats: number,
  share: number,
  allowed: number,
): number {
  return Math.max(1, (nats * dispersionFor(compiled, weighed)) / divergence(share, allowed));
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
