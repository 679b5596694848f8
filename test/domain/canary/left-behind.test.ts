import { describe, expect, test } from 'vitest';
import { reduce, type CanaryEvent } from '../../../src/domain/canary/reduce.js';
import { servesAtEnd } from '../../../src/domain/staged-traffic/left-behind.js';
import { readServes, type KnownVersions, type Serves } from '../../../src/domain/traffic/serving/serves.js';
import type { UndoWish } from '../../../src/domain/traffic/serving/undo-wish.js';
import { beginCanary, type CanaryState } from '../../../src/domain/canary/state.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { PLAN } from '../../cli/support/statuses.js';

const ROLES = { baseline: 'blue', candidate: 'green' } as const;
const AT_MS = Date.parse('2027-01-31T14:00:00.000Z');

const RECORD: Serves = {
  slot: 'blue',
  version: '2.6.0',
  rolloutId: 'checkout@0',
  at: '2027-01-30T14:00:00.000Z',
  fence: 8,
  weights: [{ backend: 'blue', percent: 100 }],
  before: { slot: 'green', version: '2.5.0' },
  idle: null,
};

const KNOWN: KnownVersions = { baseline: '2.6.0', candidate: null, record: RECORD };

type Timeless<E> = E extends unknown ? Omit<E, 'atMs'> : never;

function rollout(events: readonly Timeless<CanaryEvent>[], undo?: UndoWish): CanaryState {
  const plan = { ...PLAN, stages: PLAN.stages.slice(-1) };
  const begun = beginCanary({ id: 'checkout@1', plan, atMs: AT_MS, ...(undo === undefined ? {} : { undo }) });
  return events.reduce((state, event) => reduce(state, { ...event, atMs: AT_MS }), begun);
}

const PASSED = { type: 'preflightPassed', roles: ROLES, warnings: [], fences: [8], known: KNOWN } as const;
const FULL: readonly Timeless<CanaryEvent>[] = [PASSED, { type: 'fenceTaken' }, { type: 'weightsApplied', fence: 16 }];
const END: readonly Timeless<CanaryEvent>[] = [
  { type: 'commanded', verb: 'finish', command: {}, channel: 'update', ordinal: 1 },
  { type: 'proceeded' },
  { type: 'judged', verdict: 'successful', reason: 'all is well' },
  { type: 'proceeded' },
  { type: 'fenceTaken' },
  { type: 'fenceRenewed', fence: 24 },
  { type: 'closed' },
];
const UNDONE: readonly Timeless<CanaryEvent>[] = [
  { type: 'commanded', verb: 'abort', command: {}, channel: 'signal', ordinal: 1 },
  { type: 'undoBegan' },
  { type: 'fenceTaken' },
  { type: 'undone' },
];

describe('a rollout leaves what serves', () => {
  test('when it was promoted: the candidate, and what served before [C-15]', () => {
    expect(servesAtEnd(rollout([...FULL, ...END]))).toMatchObject({
      slot: 'green',
      version: '2.7.0',
      rolloutId: 'checkout@1',
      at: '2027-01-31T14:00:00.000Z',
      fence: 24,
      before: { slot: 'blue', version: '2.6.0' },
      idle: null,
    });
  });

  test('when it was stopped: the baseline, with nothing to undo, and what waits on the other slot [C-15] [C-16]', () => {
    expect(servesAtEnd(rollout([...FULL, ...UNDONE]))).toMatchObject({
      slot: 'blue',
      version: '2.6.0',
      fence: 24,
      before: null,
      idle: '2.7.0',
    });
  });

  test('when an undo was stopped: what it went back to can be gone back to as before [C-16]', () => {
    expect(servesAtEnd(rollout([...FULL, ...UNDONE], {}))).toMatchObject({
      slot: 'blue',
      before: { slot: 'green', version: '2.7.0' },
      idle: null,
    });
  });

  test('when it was refused: what it found, and what it wanted to bring [C-15]', () => {
    const refused = { type: 'preflightFailed', reason: 'metrics', known: KNOWN } as const;
    const state = rollout([refused, { type: 'undoBegan' }, { type: 'undone' }]);
    expect(servesAtEnd(state)).toEqual({ ...RECORD, idle: '2.7.0' });
  });

  test('when nothing had to be moved: what it found, and no stage was ever entered [C-15]', () => {
    const state = rollout([{ ...PASSED, alreadyServes: '2.6.0 already serves everybody' }]);
    expect(servesAtEnd(state)).toEqual(RECORD);
    const status = statusOf(state, AT_MS);
    expect(status).toMatchObject({
      outcome: 'promoted',
      moved: false,
      currentStage: 0,
      reason: '2.6.0 already serves everybody',
    });
    expect(status.history.at(-1)?.what).toBe('promoted: 2.6.0 already serves everybody');
  });

  test('and nothing while it runs, or where nobody knows anything [C-15]', () => {
    expect(servesAtEnd(rollout(FULL))).toBeNull();
    const refused = { type: 'preflightFailed', reason: 'router' } as const;
    expect(servesAtEnd(rollout([refused, { type: 'undoBegan' }, { type: 'undone' }]))).toBeNull();
  });

  test('in words that can be read back [C-15]', () => {
    const serves = servesAtEnd(rollout([...FULL, ...END]));
    expect(readServes(JSON.parse(JSON.stringify(serves)))).toEqual(serves);
    for (const other of [
      null,
      'green',
      5,
      [],
      { slot: 'green' },
      { ...serves, fence: -1 },
      { ...serves, weights: 'all' },
    ])
      expect(readServes(other)).toBeNull();
  });
});

test('an undo at once is over when its weights are confirmed: no stage bakes [C-16]', () => {
  const state = rollout([...FULL], { now: true });
  expect(state.step).toBe('closing');
  expect(
    rollout([...FULL, { type: 'fenceTaken' }, { type: 'fenceRenewed', fence: 24 }, { type: 'closed' }], { now: true }),
  ).toMatchObject({ step: 'ended', outcome: 'promoted' });
});
