import { explainBaseline } from './baseline/explain.js';
import type { RememberingCheck } from './check-memories.js';
import type { CheckMemory, Judgement, StageCounts } from './check-state.js';
import type { Explanation } from './explanation.js';
import { formatCount } from './format.js';
import { judgeCheck, whyUntimed } from './judge-check.js';
import { explainSequential } from './sequential/explain.js';
import { explainThreshold } from './threshold/explain.js';
import { mostUnanswered } from './unanswered/finding.js';

/** A verdict with words. */
export interface Explained extends Judgement, Explanation {
  readonly name: string;
  /** The reason as a sentence of its own, which begins with the check's name. */
  readonly sentence: string;
}

export function explainCheck(check: RememberingCheck, stage: StageCounts): Explained {
  const { name } = check.compiled;
  const judgement = judgeCheck(check, stage);
  const { reason, missing } = explanationOf(check, judgement, stage);
  return { ...judgement, name, reason, sentence: `${name} ${reason}`, missing };
}

function explanationOf(check: RememberingCheck, judgement: Judgement, stage: StageCounts): Explanation {
  const { failure } = check.state;
  if (failure !== null) return { reason: failure.reason, missing: null };
  const unanswered = judgement.because === 'unanswered' ? mostUnanswered(stage) : null;
  if (unanswered !== null) return { reason: `cannot be known: ${unanswered}`, missing: 'needs answers' };
  const untimed = judgement.because === 'untimed' ? whyUntimed(check, stage) : null;
  if (untimed !== null) return { reason: `cannot be known: ${untimed}`, missing: 'needs latencies' };
  if (judgement.because === 'trouble') return { reason: troubleWords(check.state), missing: 'needs data' };
  switch (check.engine) {
    case 'threshold':
      return explainThreshold(check, judgement, stage);
    case 'sequential':
      return explainSequential(check, judgement, stage);
    case 'baseline':
      return explainBaseline(check, judgement, stage);
  }
}

function troubleWords({ trouble, troublesInARow }: CheckMemory): string {
  const times = troublesInARow > 1 ? `, ${formatCount(troublesInARow)} intervals in a row` : '';
  return `cannot be known: ${trouble?.why ?? 'the source has no data'}${times}`;
}
