import type { RememberingCheck } from './check-memories.js';
import type { Judgement, StageCounts } from './check-state.js';
import { judgeThreshold } from './threshold/judge.js';

const NOT_YET: Judgement = { verdict: 'inconclusive', because: 'notMeasured' };

/** What one check says of the stage so far. */
export function judgeCheck({ compiled, state }: RememberingCheck, stage: StageCounts): Judgement {
  const { check } = compiled;
  switch (check.kind) {
    case 'threshold':
    case 'custom':
      return judgeThreshold(check, state, stage);
    case 'sequential':
    case 'baseline':
      return NOT_YET;
  }
}
