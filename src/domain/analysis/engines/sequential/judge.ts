import { countBad, exceeds, requestsFor } from '../../criterion.js';
import { DEFAULT_MIN_REQUESTS } from '../../defaults.js';
import { FAILED, PASSED, TROUBLE, undecided, type Joined, type Judgement } from '../../engine.js';
import { isHealthProven } from '../../evidence/weighed.js';
import { isBlind } from '../../memory.js';
import type { StageCounts } from '../../stage-counts.js';
import type { CompiledSequential, SequentialState } from './state.js';

/**
 * What the check says of the stage so far: it passes with enough requests, an estimate within the bounds and no evidence
 * of harm; where the plan asks for proof, with evidence of health.
 */
export function judgeSequential(
  { compiled, state }: Joined<CompiledSequential, SequentialState>,
  stage: StageCounts,
): Judgement {
  const { check, criteria, needsProof } = compiled;
  if (state.failure !== null) return FAILED;
  if (isBlind(state)) return TROUBLE;
  const { candidate } = stage;
  if (candidate === null || requestsFor(check.metric, candidate) < (check.minRequests ?? DEFAULT_MIN_REQUESTS))
    return undecided('requestsMissing');
  for (const { event, allowed } of criteria) {
    const { requests, surely, possibly } = countBad(event, candidate);
    if (exceeds(surely, requests, allowed)) return undecided('beyondBound');
    if (exceeds(possibly, requests, allowed)) return undecided('insideBucket');
  }
  if (needsProof && !state.weighed.every(isHealthProven)) return undecided('notProven');
  return PASSED;
}
