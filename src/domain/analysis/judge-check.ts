import { judgeBaseline } from './baseline/judge.js';
import type { RememberingCheck } from './check-memories.js';
import type { Judgement, StageCounts } from './check-state.js';
import { judgeSequential } from './sequential/judge.js';
import { judgeThreshold } from './threshold/judge.js';

/** What one check says of the stage so far. */
export function judgeCheck(check: RememberingCheck, stage: StageCounts): Judgement {
  switch (check.engine) {
    case 'threshold':
      return judgeThreshold(check.compiled.check, check.state, stage);
    case 'sequential':
      return judgeSequential(check.compiled, check.state, stage);
    case 'baseline':
      return judgeBaseline(check.compiled, check.state);
  }
}
