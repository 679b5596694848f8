import { criteriaOf } from '../../criterion.js';
import type { Engine } from '../../engine.js';
import { intervalOf } from '../../estimate.js';
import { dispersionFor, harmLeft } from '../../evidence/weighed.js';
import type { SequentialCheck } from '../../plan.js';
import { stageValue } from '../../stage-counts.js';
import { explainSequential, requestsToProve } from './explain.js';
import { judgeSequential } from './judge.js';
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
