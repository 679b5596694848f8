import { expect, test } from 'vitest';
import { isNewerDecision } from '../../src/activities/drift.js';
import { nextFence, type Writer } from '../../src/domain/traffic/fence.js';
import { allToBaseline, splitBetween } from '../../src/domain/traffic/weights.js';

const roles = { baseline: 'blue', candidate: 'green' };
const OWN = nextFence(0);

test.each<[Writer, boolean]>([
  ['workflow', true],
  ['stopTheLine', true],
  ['guard', false],
  ['breakGlass', false],
])(
  'what was written by %s since, %s: nobody is called for what the rollout is about to be told [M-07]',
  (writer, tells) => {
    const instance = { instance: 'one', weights: allToBaseline(roles), fence: nextFence(OWN, writer) };
    expect(isNewerDecision([instance], splitBetween(roles, 25), [OWN])).toBe(tells);
  },
);
