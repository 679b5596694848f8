import type { Judgement, SequentialState, StageCounts } from '../check-state.js';
import type { CompiledSequential } from '../compiled-plan.js';
import { countBad, exceeds, requestsFor } from '../criterion.js';
import { DEFAULT_MIN_REQUESTS } from '../defaults.js';
import { isHealthProven } from '../evidence/weighed.js';
import { isBlind } from '../memory.js';

/**
 * What the check says of the stage so far: it passes with enough requests, an estimate within the bounds and no evidence
 * of harm; where the plan asks for proof, with evidence of health.
 */
export function judgeSequential(
  { check, criteria, needsProof }: CompiledSequential,
  state: SequentialState,
  stage: StageCounts,
): Judgement {
  if (state.failure !== null) return FAILED;
  if (isBlind(state)) return TROUBLE;
  const { candidate } = stage;
  if (candidate === null || requestsFor(check.metric, candidate) < (check.minRequests ?? DEFAULT_MIN_REQUESTS))
    return REQUESTS_MISSING;
  for (const { event, allowed } of criteria) {
    const { requests, surely, possibly } = countBad(event, candidate);
    if (exceeds(surely, requests, allowed)) return BEYOND_BOUND;
    if (exceeds(possibly, requests, allowed)) return INSIDE_BUCKET;
  }
  if (needsProof && !state.weighed.every(isHealthProven)) return NOT_PROVEN;
  return PASSED;
}

const FAILED: Judgement = { verdict: 'failed', because: 'failed' };
const TROUBLE: Judgement = { verdict: 'error', because: 'trouble' };
const REQUESTS_MISSING: Judgement = { verdict: 'inconclusive', because: 'requestsMissing' };
const BEYOND_BOUND: Judgement = { verdict: 'inconclusive', because: 'beyondBound' };
const INSIDE_BUCKET: Judgement = { verdict: 'inconclusive', because: 'insideBucket' };
const NOT_PROVEN: Judgement = { verdict: 'inconclusive', because: 'notProven' };
const PASSED: Judgement = { verdict: 'successful', because: 'passed' };
