import type { JoinedCheck } from './analysis.js';
import { isLatencyMetric } from './criterion.js';
import type { Because, CompiledCheck, Explanation, Judgement } from './engine.js';
import { formatCount } from './format.js';
import type { CheckMemory } from './memory.js';
import { untimedIn } from './reading.js';
import type { StageCounts } from './stage-counts.js';
import { mostUnanswered } from './unanswered/finding.js';

/** What one check says of the stage so far. */
export function judgeCheck(check: JoinedCheck, stage: StageCounts): Judgement {
  const { engine, compiled } = check;
  const judgement = engine.judge(check, stage);
  // More requests would not help where nobody answers them.
  if (WAITS_FOR_REQUESTS.has(judgement.because) && compiled.metric !== null && mostUnanswered(stage) !== null)
    return { ...judgement, because: 'unanswered' };
  if (judgement.verdict === 'successful' && whyUntimed(compiled, stage) !== null)
    return { verdict: 'error', because: 'untimed' };
  return judgement;
}

const WAITS_FOR_REQUESTS: ReadonlySet<Because> = new Set(['requestsMissing', 'notMeasured', 'measurementsMissing']);

/** Why the latencies of the stage do not bear out what the check says; `null` when they do, or it asks for none. */
function whyUntimed({ metric, comparesWithBaseline }: CompiledCheck, stage: StageCounts): string | null {
  if (metric === null || !isLatencyMetric(metric)) return null;
  for (const who of comparesWithBaseline ? (['candidate', 'baseline'] as const) : (['candidate'] as const)) {
    const counts = stage[who];
    const why = counts === null ? null : untimedIn(counts);
    if (why !== null) return `${why} (${who})`;
  }
  return null;
}

/** A verdict with words. */
export interface Explained extends Judgement, Explanation {
  readonly name: string;
  /** The reason as a sentence of its own, which begins with the check's name. */
  readonly sentence: string;
}

export function explainCheck(check: JoinedCheck, stage: StageCounts): Explained {
  const { name } = check.compiled;
  const judgement = judgeCheck(check, stage);
  const { reason, missing } = explanationOf(check, judgement, stage);
  return { ...judgement, name, reason, sentence: `${name} ${reason}`, missing };
}

function explanationOf(check: JoinedCheck, judgement: Judgement, stage: StageCounts): Explanation {
  const { engine, compiled, state } = check;
  if (state.failure !== null) return { reason: state.failure.reason, missing: null };
  const unanswered = judgement.because === 'unanswered' ? mostUnanswered(stage) : null;
  if (unanswered !== null) return { reason: `cannot be known: ${unanswered}`, missing: 'needs answers' };
  const untimed = judgement.because === 'untimed' ? whyUntimed(compiled, stage) : null;
  if (untimed !== null) return { reason: `cannot be known: ${untimed}`, missing: 'needs latencies' };
  if (judgement.because === 'trouble') return { reason: troubleWords(state), missing: 'needs data' };
  return engine.explain(check, judgement, stage);
}

function troubleWords({ trouble, troublesInARow }: CheckMemory): string {
  const times = troublesInARow > 1 ? `, ${formatCount(troublesInARow)} intervals in a row` : '';
  return `cannot be known: ${trouble?.why ?? 'the source has no data'}${times}`;
}
