import { describe, expect, test } from 'vitest';
import { letsGo } from '../../../bench/chaos/invariants/lets-go.js';
import { nothingJams } from '../../../bench/chaos/invariants/nothing-jams.js';
import type { ClosedFact, RolloutFact, Timeline } from '../../../bench/chaos/timeline/timeline.js';
import { command, greenAt, looks, rollout, SERVICE, start, timeline } from './support/timelines.js';

const closedAs = (change: Partial<ClosedFact>): RolloutFact => {
  const { closed, ...rest } = rollout('aborted');
  if (closed === null) throw new Error('it is closed');
  return { ...rest, closed: { ...closed, ...change } };
};

describe('a rollout that ends', () => {
  /** Told to abort at 8 s, undone at 9 s. */
  const ending = (closedMs: number, change: Partial<Timeline> = {}): Timeline =>
    timeline({
      starts: [start()],
      commands: [command('abort', 8000)],
      shares: { [SERVICE]: greenAt([0, 0], [2000, 25], [9000, 0]) },
      rollouts: [closedAs({ atMs: closedMs })],
      ...change,
    });

  test('lets go of its service soon, or breaks a promise', () => {
    expect(letsGo(ending(12_000))).toEqual([]);
    expect(letsGo(ending(50_000))).toHaveLength(1);
  });

  test('is excused while Temporal is away, and not while the journal is', () => {
    const away = (what: 'killTemporal' | 'takeJournal') =>
      ending(50_000, { faults: [{ fault: { do: what, forMs: 1 }, fromMs: 9500, toMs: 45_000 }] });
    expect(letsGo(away('killTemporal'))).toEqual([]);
    expect(letsGo(away('takeJournal'))).toHaveLength(1);
  });

  test('is not expected to obey what is meant for another one, or was refused', () => {
    const told = (change: object) => ending(50_000, { commands: [command('abort', 8000, change)] });
    expect(letsGo(told({ names: 'stale' }))).toEqual([]);
    expect(letsGo(told({ result: 'refused' }))).toEqual([]);
  });

  test('is not in flight any more for a start after it', () => {
    const refused = (askedMs: number) =>
      ending(12_000, {
        starts: [start(), start({ askedMs, answeredMs: askedMs, result: 'inFlight', firstRunId: null })],
      });
    expect(letsGo(refused(10_000))).toEqual([]);
    expect(letsGo(refused(20_000))).toHaveLength(1);
  });
});

describe('nothing jams:', () => {
  const running = (change: Partial<Timeline>): Timeline =>
    timeline({ starts: [start()], rollouts: [rollout(null, { closed: null })], ...change });

  test('a workflow task that fails again and again is found, one that a dead worker held is not', () => {
    expect(nothingJams(running({ looks: looks(2000, 4000, { taskAttempt: 3 }) }))).toEqual([]);
    const failing = { looks: looks(20_000, 24_000, { taskAttempt: 9 }) };
    expect(nothingJams(running(failing))).toHaveLength(1);
    const faults = [{ fault: { do: 'killWorker', worker: 0, forMs: 1 }, fromMs: 15_000, toMs: 16_000 }] as const;
    expect(nothingJams(running({ ...failing, faults }))).toEqual([]);
  });

  test('a rollout that stands still without a word is found', () => {
    expect(nothingJams(running({ looks: looks(2000, 7000) }))).toEqual([]);
    expect(nothingJams(running({ looks: looks(2000, 40_000) }))).toHaveLength(1);
    expect(nothingJams(running({ looks: looks(2000, 40_000, { phase: 'paused' }) }))).toEqual([]);
    expect(nothingJams(running({ looks: looks(2000, 40_000, { needsHuman: true }) }))).toEqual([]);
  });

  test('an abort ends every rollout once the faults are lifted', () => {
    const commands = [command('abort', 60_100)];
    expect(nothingJams(running({ commands, toMs: 80_000 }))).toEqual([]);
    expect(nothingJams(running({ commands, toMs: 110_000 }))).toHaveLength(1);
    expect(nothingJams(timeline({ commands, rollouts: [closedAs({ atMs: 65_000 })] }))).toEqual([]);
  });

  test('a workflow that fails, or that the server ends, is a broken promise', () => {
    const ended = (change: Partial<ClosedFact>, more: Partial<Timeline> = {}) =>
      nothingJams(timeline({ starts: [start()], rollouts: [closedAs(change)], ...more }));
    expect(ended({ status: 'FAILED' })).toHaveLength(1);
    expect(ended({ status: 'FAILED' }, { starts: [start({ via: 'garbage' })] })).toEqual([]);
    expect(ended({ status: 'TERMINATED' })).toHaveLength(1);
    expect(ended({ status: 'TERMINATED' }, { commands: [command('terminate', 9000)] })).toEqual([]);
    expect(ended({ status: 'CANCELLED' })).toHaveLength(1);
  });
});
