import { judgeBaseline } from './baseline/judge.js';
import type { RememberingCheck } from './check-memories.js';
import type { Because, Judgement, StageCounts } from './check-state.js';
import { isCountedMetric } from './plan.js';
import { judgeSequential } from './sequential/judge.js';
import { judgeThreshold } from './threshold/judge.js';
import { mostUnanswered } from './unanswered/finding.js';

/** What one check says of the stage so far. */
export function judgeCheck(check: RememberingCheck, stage: StageCounts): Judgement {
  const judgement = judgeAlone(check, stage);
  // More requests would not help where nobody answers them.
  if (WAITS_FOR_REQUESTS.has(judgement.because) && asksForRequests(check) && mostUnanswered(stage) !== null)
    return { ...judgement, because: 'unanswered' };
  return judgement;
}

const WAITS_FOR_REQUESTS: ReadonlySet<Because> = new Set(['requestsMissing', 'notMeasured', 'measurementsMissing']);

function asksForRequests({ compiled: { check } }: RememberingCheck): boolean {
  return check.kind !== 'custom' && isCountedMetric(check.metric);
}

function judgeAlone(check: RememberingCheck, stage: StageCounts): Judgement {
  switch (check.engine) {
    case 'threshold':
      return judgeThreshold(check.compiled.check, check.state, stage);
    case 'sequential':
      return judgeSequential(check.compiled, check.state, stage);
    case 'baseline':
      return judgeBaseline(check.compiled, check.state);
  }
}
