import { judgeBaseline } from './baseline/judge.js';
import type { RememberingCheck } from './check-memories.js';
import type { Because, Judgement, StageCounts } from './check-state.js';
import { isLatencyMetric } from './criterion.js';
import { isCountedMetric } from './plan.js';
import { untimedIn } from './reading.js';
import { judgeSequential } from './sequential/judge.js';
import { judgeThreshold } from './threshold/judge.js';
import { mostUnanswered } from './unanswered/finding.js';

/** What one check says of the stage so far. */
export function judgeCheck(check: RememberingCheck, stage: StageCounts): Judgement {
  const judgement = judgeAlone(check, stage);
  // More requests would not help where nobody answers them.
  if (WAITS_FOR_REQUESTS.has(judgement.because) && asksForRequests(check) && mostUnanswered(stage) !== null)
    return { ...judgement, because: 'unanswered' };
  if (judgement.verdict === 'successful' && whyUntimed(check, stage) !== null)
    return { verdict: 'error', because: 'untimed' };
  return judgement;
}

const WAITS_FOR_REQUESTS: ReadonlySet<Because> = new Set(['requestsMissing', 'notMeasured', 'measurementsMissing']);

/** Why the latencies of the stage do not bear out what the check says; `null` when they do, or it asks for none. */
export function whyUntimed({ compiled: { check } }: RememberingCheck, stage: StageCounts): string | null {
  if (check.kind === 'custom' || !isLatencyMetric(check.metric)) return null;
  for (const who of check.kind === 'baseline' ? (['candidate', 'baseline'] as const) : (['candidate'] as const)) {
    const counts = stage[who];
    const why = counts === null ? null : untimedIn(counts);
    if (why !== null) return `${why} (${who})`;
  }
  return null;
}

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
