import { countBad, criteriaOf, exceeds, requestsFor } from '../../criterion.js';
import { DEFAULT_MIN_REQUESTS } from '../../defaults.js';
import { FAILED, PASSED, TROUBLE, undecided, type Engine, type Joined, type Judgement } from '../../engine.js';
import { intervalOf } from '../../estimate.js';
import { dispersionFor, harmLeft, isHealthProven } from '../../evidence/weighed.js';
import { isBlind } from '../../memory.js';
import type { SequentialCheck } from '../../plan.js';
import { stageValue, type StageCounts } from '../../stage-counts.js';
import { explainSequential, requestsToProve } from './explain.js';
import { observeSequential } from './observe.js';
import {
  beginSequential,
  carrySequential,
  compileSequential,
  type CompiledSequential,
  type SequentialState,
} from './state.js';

/** Evidence from the candidate alone, valid at any time. */
export const sequentialEngine: Engine<SequentialCheck, CompiledSequential, SequentialState> = {
  testsIn: (check) => criteriaOf(check.metric, check).length,
  compile: compileSequential,
  begin: beginSequential,
  observe: observeSequential,
  judge: judgeSequential,
  explain: explainSequential,
  carry: carrySequential,
  requestsToProve,
  show({ compiled, state }, stage) {
    const known = state.weighed.filter(({ harm }) => harm.intervals > 0);
    const [first] = state.weighed;
    const dispersion = first === undefined ? 1 : dispersionFor(compiled, first);
    return {
      value: stageValue(compiled.metric, stage),
      interval: intervalOf(compiled.metric, stage, dispersion),
      increase: null,
      healthScore: known.length === 0 ? null : Math.min(...known.map((weighed) => harmLeft(compiled, weighed))),
    };
  },
};

/**
 * What the check says of the stage so far: it passes with enough requests, an estimate within the bounds and no evidence
 * of harm; where the plan asks for proof, with evidence of health.
 */
function judgeSequential(
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
