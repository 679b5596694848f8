import { brokenLimit } from '../../argo/metric-assessment.js';
import { requestsFor } from '../../criterion.js';
import type { Explanation, Joined, Judgement } from '../../engine.js';
import { DEFAULT_MIN_REQUESTS } from '../../defaults.js';
import { formatCount, formatValue } from '../../format.js';
import { asideOn, needWords, requestWords } from '../../need.js';
import { stageValue, type StageCounts } from '../../stage-counts.js';
import type { CompiledThreshold, ThresholdState } from './state.js';

type Remembering = Joined<CompiledThreshold, ThresholdState>;

export function explainThreshold(check: Remembering, { because }: Judgement, stage: StageCounts): Explanation {
  const { bound } = check.compiled;
  const { tally } = check.state;
  const measured = formatCount(tally.count);
  if (because === 'passed') return knows(`${valueWords(check, stage)} within ${bound}${sampleWords(check, stage)}`);
  if (because === 'brokenLimit')
    return knows(
      `cannot be decided: ${brokenLimit(check.compiled.check, tally)?.message ?? 'too much is inconclusive'}`,
    );
  if (because === 'over')
    return knows(
      check.state.over === 'successful'
        ? `${valueWords(check, stage)} within ${bound}, measured ${measured} times`
        : `cannot be decided: its ${measured} measurements are over without enough successes`,
    );
  if (because === 'lastOneBad') {
    const last = formatValue(check.state.lastValue, check.compiled.unit);
    const spoiled = `${formatCount(tally.failed)} failed and ${formatCount(tally.inconclusive)} inconclusive`;
    return { reason: `${last} at last, ${bound}: ${spoiled} of ${measured}`, missing: 'needs a good measurement' };
  }
  const missing = missingFor(check, because, stage);
  return { reason: `${missing}${asideOn(check.state)}`, missing };
}

function knows(reason: string): Explanation {
  return { reason, missing: null };
}

function missingFor({ compiled, state }: Remembering, because: Judgement['because'], stage: StageCounts): string {
  const { check } = compiled;
  if (because === 'measurementsMissing') {
    const successes = check.consecutiveSuccessLimit ?? 0;
    if (successes > 0)
      return `needs ${formatCount(successes - state.tally.consecutiveSuccess)} more successes in a row`;
    return `needs ${formatCount((check.count ?? 0) - state.tally.count)} more measurements`;
  }
  const requests = requestsMissingFor(compiled, stage);
  return requests > 0 ? needWords(requests, stage) : 'needs a first value';
}

/** How many more requests the stage needs before the check may pass. */
export function requestsMissingFor({ check, metric }: CompiledThreshold, stage: StageCounts): number {
  if (metric === null) return 0;
  const seen = stage.candidate === null ? 0 : requestsFor(metric, stage.candidate);
  const needed = 'minRequests' in check ? check.minRequests : undefined;
  return Math.max(0, (needed ?? DEFAULT_MIN_REQUESTS) - seen);
}

function valueWords(check: Remembering, stage: StageCounts): string {
  return formatValue(valueIn(check, stage), check.compiled.unit);
}

/** Over the stage so far; of a value that a source tells, the newest. */
export function valueIn({ compiled: { metric }, state }: Remembering, stage: StageCounts): number | null {
  return metric === null ? state.lastValue : stageValue(metric, stage);
}

function sampleWords({ compiled: { metric } }: Remembering, { candidate }: StageCounts): string {
  return metric === null || candidate === null ? '' : ` in ${requestWords(requestsFor(metric, candidate))}`;
}
