import { expect, test } from 'vitest';
import { memoOf } from '../../../src/domain/staged-traffic/memo.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { canaryPlan, newRollout } from '../canary/arbitraries.js';

test('nobody is asked to approve the last stage, and the status and the memo say so [C-07]', () => {
  const plan = canaryPlan({ autoProgression: false });
  const asks = (stages: readonly { readonly needsApproval: boolean }[]): boolean[] =>
    stages.map(({ needsApproval }) => needsApproval);
  expect(asks(statusOf(newRollout(plan), 0).stages)).toEqual([true, true, true, false]);
  expect(asks(memoOf({ plan }).stages)).toEqual([true, true, true, false]);
});
