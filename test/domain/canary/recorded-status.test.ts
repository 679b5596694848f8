import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canary } from '../../../src/domain/canary/kind.js';
import { memoOf } from '../../../src/domain/staged-traffic/memo.js';
import { statusBaseOf } from '../../../src/domain/rollout/status-of.js';
import { beginCanary } from '../../../src/domain/canary/state.js';
import { canaryPlan } from './arbitraries.js';
import { validPlan } from './plan-arbitrary.js';

const life = beginCanary({ id: 'checkout@run-1', plan: canaryPlan(), atMs: 0 });
const common = {
  ...statusBaseOf(life, { phase: 'progressing', moved: false, reason: 'no worker answers' }, 0),
  takes: ['abort'],
};
const shownWith = (memo: object | null) => canary.recorded?.(common, { attributes: {}, memo, end: null });

test('a rollout whose memo somebody else has written is shown without it [C-06]', () => {
  const without = shownWith(null);
  for (const memo of [{}, { name: 7 }, { stages: 'three' }, { stages: [{}] }, [], { undo: {} }])
    expect(shownWith(memo)).toEqual(without);
  fc.assert(
    fc.property(fc.object(), (memo) => {
      expect(shownWith(memo)).toEqual(without);
    }),
  );
});

test('what is kept at the start of a rollout is read as it is [C-06]', () => {
  fc.assert(
    fc.property(validPlan, (plan) => {
      const undo = { to: 'blue', now: true };
      const memo: unknown = JSON.parse(JSON.stringify(memoOf({ plan, requestedBy: 'ada', undo })));
      expect(shownWith(memo as object)).toMatchObject({
        name: plan.name,
        version: plan.version ?? null,
        stageCount: plan.stages.length,
        requestedBy: 'ada',
        undo,
      });
    }),
  );
});
