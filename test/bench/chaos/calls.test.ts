import { describe, expect, test } from 'vitest';
import { calledForAReason } from '../../../bench/chaos/invariants/called-for-a-reason.js';
import { calledWhenNeeded } from '../../../bench/chaos/invariants/called-when-needed.js';
import type { Timeline } from '../../../bench/chaos/timeline/timeline.js';
import { command, greenAt, looks, PLAN, rollout, SERVICE, start, timeline, visits } from './support/timelines.js';

const OPEN = { starts: [start()], rollouts: [rollout(null, { closed: null })] };
const at = (change: Partial<Timeline>): Timeline => timeline({ ...OPEN, ...change });

describe('a person who is called', () => {
  const called = looks(5000, 6000, { phase: 'held', needsHuman: true, reason: 'metrics are unavailable' });

  test('is called for nothing where nothing was done', () => {
    expect(calledForAReason(at({ looks: called }))).toHaveLength(1);
  });

  const reasons: Readonly<Record<string, Partial<Timeline>>> = {
    'the metrics were away': {
      faults: [
        {
          fault: { do: 'disturb', worker: 0, what: 'metrics', how: { kind: 'silent' }, forMs: 1 },
          fromMs: 2000,
          toMs: 4000,
        },
      ],
    },
    'the plan asks for an approval': { starts: [start({ plan: { ...PLAN, autoProgression: false } })] },
    'somebody rejected': { commands: [command('reject', 4000)] },
    'weights were moved': { moves: [{ service: SERVICE, by: 'hand', greenPercent: 3, fromMs: 3000, toMs: 3010 }] },
    'a backend hung': {
      behaviours: [{ service: SERVICE, slot: 'green', how: { kind: 'hanging' }, fromMs: 3000, toMs: 4000 }],
    },
  };
  test.each(Object.entries(reasons))('is called with reason where %s', (_, change) => {
    expect(calledForAReason(at({ looks: called, ...change }))).toEqual([]);
  });

  test('is never called for want of slots, which nobody fills', () => {
    const slots = looks(5000, 6000, { needsHuman: true, reason: 'every watch slot is taken; add workers' });
    expect(calledForAReason(at({ looks: slots, ...reasons['the metrics were away'] }))).toHaveLength(1);
  });

  test('is called for nothing about an undo that is done', () => {
    const undone = looks(5000, 15_000, { phase: 'rollingBack', needsHuman: true, reason: 'could not set' });
    const left = { [SERVICE]: greenAt([0, 0], [2000, 25]) };
    const away = reasons['the metrics were away'];
    expect(calledForAReason(at({ looks: undone, ...away }))).toHaveLength(1);
    expect(calledForAReason(at({ looks: undone, ...away, shares: left }))).toEqual([]);
  });
});

describe('a person who is needed', () => {
  test('is called about a stage that nobody guards', () => {
    const alone = looks(2000, 60_000, { guardPid: null });
    expect(calledWhenNeeded(at({ looks: alone }))).toHaveLength(1);
    expect(calledWhenNeeded(at({ looks: [...alone.slice(0, 20), ...looks(23_000, 60_000)] }))).toEqual([]);
    expect(calledWhenNeeded(at({ looks: looks(2000, 60_000, { guardPid: null, needsHuman: true }) }))).toEqual([]);
    const faults = [{ fault: { do: 'freezeTemporal', forMs: 1 }, fromMs: 2000, toMs: 30_000 }] as const;
    expect(calledWhenNeeded(at({ looks: alone, faults }))).toEqual([]);
  });

  test('is called about an undo that fails', () => {
    const shares = { [SERVICE]: greenAt([0, 0], [2000, 25]) };
    const failing = (change: object) => at({ shares, looks: looks(5000, 40_000, { phase: 'rollingBack', ...change }) });
    expect(calledWhenNeeded(failing({}))).toHaveLength(1);
    expect(calledWhenNeeded(failing({ needsHuman: true }))).toEqual([]);
    expect(calledWhenNeeded(at({ looks: looks(5000, 40_000, { phase: 'rollingBack' }) }))).toEqual([]);
  });

  test('is called about weights that somebody moved', () => {
    const moves = [{ service: SERVICE, by: 'hand', greenPercent: 60, fromMs: 4000, toMs: 4010 }] as const;
    const shares = { [SERVICE]: greenAt([0, 0], [2000, 25], [4000, 60]) };
    expect(calledWhenNeeded(at({ moves, shares, looks: looks(2500, 20_000) }))).toHaveLength(1);
    const told = [...looks(2500, 6500), ...looks(7500, 20_000, { phase: 'held', needsHuman: true })];
    expect(calledWhenNeeded(at({ moves, shares, looks: told }))).toEqual([]);
    const mended = { [SERVICE]: greenAt([0, 0], [2000, 25], [4000, 60], [6000, 25]) };
    expect(calledWhenNeeded(at({ moves, shares: mended, looks: looks(2500, 20_000) }))).toEqual([]);
  });

  test('is called about harm that must not be undone', () => {
    const held = (change: object) =>
      at({
        starts: [start({ plan: { ...PLAN, autoRollback: false } })],
        shares: { [SERVICE]: greenAt([0, 0], [2000, 25]) },
        behaviours: [
          { service: SERVICE, slot: 'green', how: { kind: 'failing', share: 1 }, fromMs: 5000, toMs: 40_000 },
        ],
        visits: { [SERVICE]: visits(5000, 40_000, 'green', false) },
        looks: [...looks(2500, 7500), ...looks(8500, 30_000, change)],
      });
    expect(calledWhenNeeded(held({}))).toHaveLength(1);
    expect(calledWhenNeeded(held({ phase: 'held', needsHuman: true }))).toEqual([]);
  });
});
