import { expect, test } from 'vitest';
import type { ExplainedStage } from '../../src/cli/output/documents.js';
import { explanationLines } from '../../src/cli/output/explanation-text.js';
import { createPaint } from '../../src/cli/output/paint.js';
import { CHECKS, Story } from './support/statuses.js';

const MISSING = 'latencyP99 needs about 2,100 more requests';

function explained(story: Story, sentence: string): string {
  const status = story.status(null);
  const [stage] = status.stages;
  const [, check] = CHECKS;
  if (stage === undefined || check === undefined) throw new Error('there is a stage, and a check');
  const { name, verdict, value, baselineValue, bound, unit, candidateRequests, baselineRequests } = check;
  const shown = { name, verdict, value, baselineValue, bound, unit, candidateRequests, baselineRequests };
  const none = { missing: null, interval: null, increase: null, suspended: false, proof: null, healthScore: null };
  const one: ExplainedStage = {
    stage: 1,
    trafficPercent: 5,
    startedAt: stage.startedAt,
    endedAt: stage.endedAt,
    conclusion: stage.conclusion,
    source: 'observations',
    checks: [{ ...none, ...shown, sentence }],
  };
  const view = { paint: createPaint(false), nowMs: story.now, width: 200, timeZone: 'UTC' };
  return explanationLines(status, [one], view).join('\n');
}

test('a person who went on is named, also where the check says the same', () => {
  const story = new Story()
    .begins()
    .after(600_000)
    .happens({ type: 'judged', verdict: 'inconclusive', reason: MISSING })
    .commanded('promote', { by: 'ada' });
  expect(explained(story, MISSING)).toContain(`  ada went on although: ${MISSING}`);
});

test('what the checks concluded is told by the checks alone, also where it is worded otherwise now', () => {
  const story = new Story().begins().passes('errorRate 0.31 % ≤ max 1 %');
  const [first = ''] = explained(story, 'errorRate 0.32 % ≤ max 1 %').match(/^stage 1[^]*?(?=^ {4})/m) ?? [];
  expect(first).toContain('errorRate 0.32 %');
  expect(first).not.toContain('errorRate 0.31 %');
});
