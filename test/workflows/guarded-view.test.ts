import { describe, expect, test } from 'vitest';
import { reduce, type CanaryEvent } from '../../src/domain/canary/reduce.js';
import { beginCanary, type CanaryState } from '../../src/domain/canary/state.js';
import { guardedViewOf, stillGuards } from '../../src/workflows/traffic/guarded-view.js';
import { somePlan } from '../activities/support/fabricated.js';

const ROLES = { baseline: 'blue', candidate: 'green' } as const;

function after(...events: readonly CanaryEvent[]): CanaryState {
  return events.reduce(reduce, beginCanary({ id: 'checkout@1', plan: somePlan(), atMs: 0 }));
}

const BAKING: readonly CanaryEvent[] = [
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

describe('what is guarded between two stages', () => {
  const ended = [
    ...BAKING,
    { type: 'commanded', verb: 'promote', channel: 'signal', ordinal: 1, runId: 'r', command: {}, atMs: 3 },
    { type: 'proceeded', atMs: 3 },
    {
      type: 'judged',
      verdict: 'successful',
      reason: 'well',
      evidence: null,
      carried: null,
      policyRevision: 0,
      atMs: 4,
    },
    { type: 'proceeded', atMs: 4 },
  ] as readonly CanaryEvent[];

  test('is the share that is served, from when its stage ended [C-21]', () => {
    const state = after(...ended);
    expect(state.step).toBe('applying');
    expect(guardedViewOf(state)?.input).toMatchObject({ stage: 1, sharePercent: 25, startedAtMs: 4 });
  });

  test('is guarded by the watch of the stage that ended, until something else is decided [C-21] [W33]', () => {
    const before = guardedViewOf(after(...BAKING));
    if (before === null) throw new Error('nothing is guarded');
    expect(stillGuards(before, after(...ended))).toBe(true);
    const command = { autoRollback: false };
    const changed = after(...ended, {
      ...{ type: 'commanded', verb: 'setRollbackPolicy', channel: 'signal', ordinal: 1, runId: 'r' },
      ...{ command, atMs: 5 },
    });
    expect(stillGuards(before, changed)).toBe(false);
    expect(guardedViewOf(changed)?.input.plan.autoRollback).toBe(false);
  });
});
