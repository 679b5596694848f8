import { describe, expect, test } from 'vitest';
import { reduce, type RolloutEvent } from '../../src/domain/rollout/reducer/reduce.js';
import { beginRollout, type RolloutState } from '../../src/domain/rollout/state.js';
import { guardedViewOf } from '../../src/workflows/shared/guarded-view.js';
import { somePlan } from '../activities/support/fabricated.js';

const ROLES = { baseline: 'blue', candidate: 'green' } as const;

function after(...events: readonly RolloutEvent[]): RolloutState {
  return events.reduce(reduce, beginRollout({ id: 'checkout@1', plan: somePlan(), atMs: 0 }));
}

const BAKING: readonly RolloutEvent[] = [
  { type: 'preflightPassed', roles: ROLES, fences: [0], analysis: null, warnings: [], atMs: 1 },
  { type: 'weightsApplied', sharePercent: 25, fence: 8, atMs: 2 },
];

describe('what is guarded', () => {
  test('is the stage that bakes, at its share', () => {
    expect(guardedViewOf(after(...BAKING))?.input).toMatchObject({ stage: 1, sharePercent: 25, fences: [8] });
  });

  test('is nothing before the first share', () => {
    expect(guardedViewOf(after())).toBeNull();
  });

  test.each([
    ['a command to stop', { type: 'faulted', reason: 'stop', atMs: 3 }],
    ['a breach', { type: 'breached', reason: 'bad', shared: false, atMs: 3 }],
  ] as const)(
    'is nothing any more after %s: a watch of its 0 % would have the share of before written again [C-11]',
    (_, stop) => {
      const stopped = after(...BAKING, stop);
      const undoing = reduce(reduce(stopped, { type: 'undoBegan', atMs: 4 }), {
        type: 'alarmed',
        cause: 'undo',
        alarm: 'an instance is away',
        atMs: 5,
      });
      expect(guardedViewOf(stopped)).toBeNull();
      expect(guardedViewOf(undoing)).toBeNull();
    },
  );
});
