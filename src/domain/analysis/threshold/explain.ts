import { brokenLimit } from '../argo/metric-assessment.js';
import type { RememberingCheck } from '../check-memories.js';
import type { Judgement, StageCounts } from '../check-state.js';
import { requestsFor } from '../criterion.js';
import type { Explanation } from '../explanation.js';
import { formatCount, formatValue } from '../format.js';
import { asideOn, needWords, requestWords } from '../need.js';
import { stageValue } from '../stage-value.js';
import { requestsMissingFor } from './judge.js';
import { scalarOf } from './state.js';

type Remembering = Extract<RememberingCheck, { engine: 'threshold' }>;

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
  const requests = requestsMissingFor(check, stage);
  return requests > 0 ? needWords(requests, stage) : 'needs a first value';
}

function valueWords({ compiled, state }: Remembering, stage: StageCounts): string {
  return formatValue(stageValue(compiled, state, stage), compiled.unit);
}

function sampleWords({ compiled: { check } }: Remembering, { candidate }: StageCounts): string {
  if (check.kind === 'custom' || scalarOf(check) !== null || candidate === null) return '';
  return ` in ${requestWords(requestsFor(check.metric, candidate))}`;
}
