import { describe, expect, test } from 'vitest';
import { driftHasACause } from '../../../bench/chaos/invariants/drift-has-a-cause.js';
import { guardUndoes } from '../../../bench/chaos/invariants/guard-undoes.js';
import { judgedRight } from '../../../bench/chaos/invariants/judged-right.js';
import type { FaultAction } from '../../../bench/chaos/schedule/schedule.js';
import type { BehaviourSpan, FaultSpan, Timeline } from '../../../bench/chaos/timeline/timeline.js';
import { command, greenAt, looks, PLAN, rollout, SERVICE, start, timeline, visits } from './support/timelines.js';

const bad = (change: Partial<BehaviourSpan> = {}): BehaviourSpan => ({
  service: SERVICE,
  slot: 'green',
  how: { kind: 'failing', share: 1 },
  fromMs: 5000,
  toMs: 40_000,
  ...change,
});

const fault = (what: FaultAction, fromMs: number, toMs: number, pid?: number): FaultSpan => ({
  fault: what,
  fromMs,
  toMs,
  ...(pid === undefined ? {} : { pid }),
});

/** Bad from 5 s, known at 6.1 s, and at 25 % until `untilMs`; guarded by process 77. */
function failing(untilMs: number, change: Partial<Timeline> = {}): Timeline {
  return timeline({
    starts: [start()],
    rollouts: [rollout('rolledBack', { closed: null })],
    shares: { [SERVICE]: greenAt([0, 0], [2000, 25], [untilMs, 0]) },
    visits: { [SERVICE]: visits(5000, 40_000, 'green', false) },
    behaviours: [bad()],
    looks: looks(2500, untilMs),
    ...change,
  });
}

describe('a candidate that has failed', () => {
  test('has no traffic within the interval, the grain and the allowance', () => {
    expect(guardUndoes(failing(9000))).toEqual([]);
  });

  test('is a broken promise when it keeps its share for longer, also while Temporal is away', () => {
    expect(guardUndoes(failing(12_000))).toHaveLength(1);
    const away = failing(30_000, {
      faults: [fault({ do: 'killTemporal', forMs: 20_000 }, 4000, 29_000)],
      looks: looks(2500, 3500),
    });
    const [violation] = guardUndoes(away);
    expect(violation?.message).toContain('kept 25 %');
    const cutOff = { faults: [fault({ do: 'cutWorker', worker: 0, forMs: 20_000 }, 4000, 24_000, 77)] };
    expect(guardUndoes(failing(20_000, cutOff))).toHaveLength(1);
  });

  const excused: Readonly<Record<string, Partial<Timeline>>> = {
    'nobody was seen to guard it': { looks: looks(2500, 20_000, { guardPid: null }) },
    'its guard was killed': { faults: [fault({ do: 'killWorker', worker: 0, forMs: 900 }, 6000, 7000, 77)] },
    'its guard stood still': { faults: [fault({ do: 'freezeWorker', worker: 0, forMs: 900 }, 6000, 7000, 77)] },
    'what should guard it was handed to a worker that was cut off': {
      faults: [fault({ do: 'cutWorker', worker: 0, forMs: 20_000 }, 1500, 21_500, 77)],
    },
    'its guard has no metrics': {
      faults: [
        fault({ do: 'disturb', worker: 0, what: 'metrics', how: { kind: 'silent' }, forMs: 1 }, 6000, 19_000, 77),
      ],
    },
    'it must not be rolled back': { starts: [start({ plan: { ...PLAN, autoRollback: false } })] },
    'that was changed on the way': {
      commands: [command('setRollbackPolicy', 5000, { fields: { autoRollback: false } })],
    },
    'the baseline is as bad': { behaviours: [bad(), bad({ slot: 'blue' })] },
    'too few met it': { visits: { [SERVICE]: visits(5000, 5900, 'green', false) } },
    'it is not plainly bad': { behaviours: [bad({ how: { kind: 'failing', share: 0.1 } })] },
    'somebody moved it by hand': {
      moves: [{ service: SERVICE, by: 'hand', greenPercent: 25, fromMs: 4000, toMs: 4010 }],
    },
    'the machine was busy': { stalls: [{ fromMs: 6000, toMs: 9000 }] },
  };
  test.each(Object.entries(excused))('is excused where %s', (_, change) => {
    expect(guardUndoes(failing(20_000))).toHaveLength(1);
    expect(guardUndoes(failing(20_000, change))).toEqual([]);
  });

  test('is not excused by what happens to a worker that does not guard it', () => {
    const faults = [fault({ do: 'killWorker', worker: 1, forMs: 900 }, 6000, 7000, 88)];
    expect(guardUndoes(failing(20_000, { faults }))).toHaveLength(1);
  });
});

describe('a version that is well', () => {
  test('may not be rolled back', () => {
    const well = timeline({ starts: [start()], rollouts: [rollout('rolledBack')] });
    expect(judgedRight(well)).toHaveLength(1);
    expect(judgedRight({ ...well, behaviours: [bad()] })).toEqual([]);
    expect(judgedRight({ ...well, rollouts: [rollout('aborted')] })).toEqual([]);
    expect(judgedRight({ ...well, visits: { [SERVICE]: visits(5000, 5100, 'green', false) } })).toEqual([]);
  });
});

describe('a drift', () => {
  const told = timeline({
    starts: [start()],
    rollouts: [rollout('aborted')],
    looks: looks(5000, 6000, { phase: 'held', needsHuman: true, reason: 'someone else changed the weights' }),
  });

  test('is told only where somebody moved traffic, or the router lied', () => {
    expect(driftHasACause(told)).toHaveLength(1);
    expect(driftHasACause({ ...told, looks: looks(5000, 6000) })).toEqual([]);
    const moves = [{ service: SERVICE, by: 'hand', greenPercent: 3, fromMs: 4000, toMs: 4010 }] as const;
    expect(driftHasACause({ ...told, moves })).toEqual([]);
    const lie = { do: 'disturb', worker: 0, what: 'router', how: { kind: 'lying', lie: 'stale' }, forMs: 1 } as const;
    expect(driftHasACause({ ...told, faults: [fault(lie, 3000, 4000)] })).toEqual([]);
  });

  test('is told in the outcome, too', () => {
    const { closed, ...rest } = rollout('aborted');
    if (closed === null) throw new Error('it is closed');
    const ended = { ...rest, closed: { ...closed, reason: 'someone else changed the weights' } };
    expect(driftHasACause(timeline({ starts: [start()], rollouts: [ended] }))).toHaveLength(1);
  });
});
