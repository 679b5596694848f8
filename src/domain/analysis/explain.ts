import { brokenLimit } from './argo/metric-assessment.js';
import type { RememberingCheck } from './check-memories.js';
import type { Judgement, StageCounts } from './check-state.js';
import { formatAbout, formatCount, formatValue } from './format.js';
import { judgeCheck } from './judge-check.js';
import { isLatencyMetric, requestsFor } from './criterion.js';
import { requestsMissingFor } from './threshold/judge.js';
import { stageValue } from './stage-value.js';

/** A verdict with words. */
export interface Explained extends Judgement {
  readonly name: string;
  /** Why, with numbers, to stand beside the check's name. */
  readonly reason: string;
  /** The same as a sentence of its own, which begins with the check's name. */
  readonly sentence: string;
  /** What a pass needs that is not there yet, to stand after the check's name; `null` when nothing is. */
  readonly missing: string | null;
}

export function explainCheck(remembering: RememberingCheck, stage: StageCounts): Explained {
  const { name } = remembering.compiled;
  const judgement = judgeCheck(remembering, stage);
  const missing = missingFor(remembering, judgement, stage);
  const reason = reasonFor(remembering, judgement, stage, missing);
  return { ...judgement, name, reason, sentence: `${name} ${reason}`, missing };
}

function missingFor({ compiled, state }: RememberingCheck, { because }: Judgement, stage: StageCounts): string | null {
  const { check } = compiled;
  if (check.kind !== 'threshold' && check.kind !== 'custom') return null;
  switch (because) {
    case 'requestsMissing': {
      const missing = requestsMissingFor(check, stage);
      return `needs about ${formatAbout(missing)} more ${missing <= 1 ? 'request' : 'requests'}`;
    }
    case 'measurementsMissing': {
      const limit = check.consecutiveSuccessLimit ?? 0;
      if (limit > 0) return `needs ${limit - state.tally.consecutiveSuccess} more successes in a row`;
      return `needs ${(check.count ?? 0) - state.tally.count} more measurements`;
    }
    case 'notMeasured':
      return check.kind === 'threshold' && requestsMissingFor(check, stage) > 0
        ? `needs about ${formatAbout(requestsMissingFor(check, stage))} requests`
        : 'needs a first value';
    case 'lastOneBad':
      return 'needs a good measurement';
    case 'failed':
    case 'passed':
    case 'over':
    case 'trouble':
    case 'brokenLimit':
      return null;
  }
}

function reasonFor(
  { compiled, state }: RememberingCheck,
  { because }: Judgement,
  stage: StageCounts,
  missing: string | null,
): string {
  const { check, unit, bound } = compiled;
  if (check.kind !== 'threshold' && check.kind !== 'custom') return 'is not judged yet';
  const value = formatValue(stageValue(compiled, state, stage), unit);
  switch (because) {
    case 'failed':
      return state.failure?.reason ?? `breaks ${bound}`;
    case 'passed':
    case 'over':
      return `${value} within ${bound}${sampleWords(check.kind === 'threshold' ? check.metric : null, stage)}`;
    case 'trouble': {
      const times = state.troublesInARow > 1 ? ` (${formatCount(state.troublesInARow)} intervals in a row)` : '';
      return `cannot be known: ${state.trouble?.why ?? 'the source has no data'}${times}`;
    }
    case 'brokenLimit':
      return `cannot be decided: ${brokenLimit(check, state.tally)?.message ?? 'too many inconclusive measurements'}`;
    case 'requestsMissing':
    case 'notMeasured':
    case 'measurementsMissing': {
      const trouble = state.trouble === null ? '' : `; ${state.trouble.why}`;
      return `${missing ?? 'is undecided'}${sampleWords(check.kind === 'threshold' ? check.metric : null, stage)}${trouble}`;
    }
    case 'lastOneBad':
      return `${formatValue(state.lastValue, unit)} at last, ${bound}: ${String(state.tally.failed)} failed, ${String(state.tally.inconclusive)} inconclusive of ${String(state.tally.count)} measurements`;
  }
}

function sampleWords(metric: string | null, { candidate }: StageCounts): string {
  if (metric === null) return '';
  const requests = candidate === null ? 0 : requestsFor(metric, candidate);
  const counted = `${formatCount(requests)} ${requests === 1 ? 'request' : 'requests'}`;
  return isLatencyMetric(metric) ? ` (${counted} timed)` : ` (${counted})`;
}
