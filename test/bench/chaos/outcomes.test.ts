import { describe, expect, test } from 'vitest';
import { lastWordHolds } from '../../../bench/chaos/invariants/last-word-holds.js';
import { outcomeIsServed } from '../../../bench/chaos/invariants/outcome-is-served.js';
import type { ShareRun } from '../../../bench/chaos/timeline/facts.js';
import type { MoveFact, RolloutFact, WordFact } from '../../../bench/chaos/timeline/timeline.js';
import { greenAt, looks, rollout, RUN, SERVICE, start, timeline, visits } from './support/timelines.js';

const STARTED = { starts: [start()] };
const move = (fromMs: number, greenPercent: number): MoveFact => ({
  service: SERVICE,
  by: 'hand',
  greenPercent,
  fromMs,
  toMs: fromMs + 10,
});

describe('the outcome that is reported is what the data plane serves', () => {
  const kept = {
    'a rollout that is rolled back': [rollout('rolledBack'), greenAt([0, 0], [2000, 25], [9000, 0])],
    'one that is promoted': [rollout('promoted'), greenAt([0, 0], [2000, 25], [6000, 100])],
    'one that goes from green to blue': [rollout('promoted'), greenAt([0, 100], [2000, 75], [6000, 0])],
  } as const;
  test.each(Object.entries(kept))('is kept by %s', (_, [one, shares]) => {
    expect(outcomeIsServed(timeline({ ...STARTED, rollouts: [one], shares: { [SERVICE]: shares } }))).toEqual([]);
  });

  const broken = {
    'rolled back, and the candidate keeps its share': [rollout('rolledBack'), greenAt([0, 0], [2000, 25]), 'is what'],
    'promoted, and the baseline has it all': [rollout('promoted'), greenAt([0, 0], [2000, 25], [9000, 0]), 'is what'],
    'aborted, and a write comes late': [
      rollout('aborted'),
      greenAt([0, 0], [2000, 25], [9000, 0], [12_000, 50], [12_500, 0]),
      'after the end',
    ],
  } as const;
  test.each(Object.entries(broken))('is broken when it is %s', (_, [one, shares, invariant]) => {
    const violations = outcomeIsServed(timeline({ ...STARTED, rollouts: [one], shares: { [SERVICE]: shares } }));
    expect(violations).toMatchObject([{ service: SERVICE, invariant: expect.stringContaining(invariant) as string }]);
  });

  test('is broken for the users that meet the candidate, whatever the data plane says', () => {
    const [violation] = outcomeIsServed(
      timeline({
        ...STARTED,
        rollouts: [rollout('rolledBack')],
        shares: { [SERVICE]: greenAt([0, 0], [2000, 25], [9000, 0]) },
        visits: { [SERVICE]: visits(11_000, 11_100, 'green') },
      }),
    );
    expect(violation?.message).toContain('answered by green');
  });

  test('ends with the next rollout, and with whoever moves traffic by hand', () => {
    const shares = { [SERVICE]: greenAt([0, 0], [2000, 25], [9000, 0], [15_000, 25]) };
    const next = rollout(null, { firstRunId: 'run-2', startedMs: 14_000, closed: null });
    expect(outcomeIsServed(timeline({ ...STARTED, rollouts: [rollout('aborted'), next], shares }))).toEqual([]);
    const moved = timeline({ ...STARTED, rollouts: [rollout('aborted')], shares, moves: [move(14_990, 25)] });
    expect(outcomeIsServed(moved)).toEqual([]);
  });

  test('begins when it says that it is over: its record may take longer', () => {
    const over = looks(7000, 9000, { phase: 'rolledBack' });
    const of = (atMs: number) =>
      outcomeIsServed(
        timeline({
          ...STARTED,
          rollouts: [rollout('rolledBack')],
          looks: over,
          shares: { [SERVICE]: greenAt([0, 0], [2000, 25], [6900, 0], [8000, 60]) },
          moves: [move(atMs, 60)],
        }),
      );
    expect(of(7990)).toEqual([]);
    expect(of(8500)).toHaveLength(1);
  });

  test('asks nothing about a move that came too late to be seen, and all about one that stood for long', () => {
    const of = (atMs: number) =>
      timeline({
        ...STARTED,
        rollouts: [rollout('promoted')],
        shares: { [SERVICE]: greenAt([0, 0], [2000, 25], [4000, 100], [atMs, 30]) },
        moves: [move(atMs - 10, 30)],
      });
    expect(outcomeIsServed(of(9500))).toEqual([]);
    expect(outcomeIsServed(of(5000))).toHaveLength(1);
  });

  test('holds for a rollout that says that it moved nothing', () => {
    const refused = rollout('aborted', {
      closed: {
        atMs: 1500,
        status: 'COMPLETED',
        outcome: 'aborted',
        reason: 'preflight',
        moved: false,
        events: 11,
        longestRunEvents: 11,
      },
    });
    const seen = (shares: readonly ShareRun[]) =>
      outcomeIsServed(timeline({ ...STARTED, rollouts: [refused], shares: { [SERVICE]: shares } }));
    expect(seen(greenAt([0, 30]))).toEqual([]);
    expect(seen(greenAt([0, 30], [1400, 0]))).toHaveLength(1);
    const before = rollout(null, { firstRunId: 'run-0', startedMs: 100 });
    const terminated = { ...before, closed: { ...refused.closed, atMs: 900, status: 'TERMINATED' } } as RolloutFact;
    const shares = { [SERVICE]: greenAt([0, 30], [1400, 0]) };
    expect(outcomeIsServed(timeline({ ...STARTED, rollouts: [terminated, refused], shares }))).toEqual([]);
  });
});

describe('what a command line says at its end', () => {
  const word = (change: Partial<WordFact> = {}): WordFact => ({
    service: SERVICE,
    atMs: 10_500,
    command: 'start --wait',
    firstRunId: RUN,
    exitCode: 10,
    greenPercent: 0,
    ...change,
  });
  const late = { [SERVICE]: greenAt([0, 0], [2000, 25], [9000, 0], [12_000, 25], [13_000, 0]) };

  test('holds, or is broken by a write that comes late', () => {
    const rollouts = [rollout('rolledBack')];
    expect(lastWordHolds(timeline({ rollouts, words: [word()] }))).toEqual([]);
    expect(lastWordHolds(timeline({ rollouts, words: [word()], shares: late }))).toHaveLength(1);
  });

  test('is broken while its own workflow is still open, too', () => {
    const open = rollout(null, { closed: null });
    expect(lastWordHolds(timeline({ rollouts: [open], words: [word()], shares: late }))).toHaveLength(1);
  });

  test('ends with the next rollout, also where that began before the command line had ended', () => {
    const next = rollout(null, { firstRunId: 'run-2', startedMs: 10_200, closed: null });
    const rollouts = [rollout('rolledBack'), next];
    for (const atMs of [10_100, 10_520]) {
      const shares = { [SERVICE]: greenAt([0, 0], [2000, 25], [9000, 0], [atMs, 50]) };
      const said = lastWordHolds(timeline({ rollouts, words: [word({ atMs: 10_500 })], shares }));
      expect(said).toEqual([]);
    }
  });

  test('is about the baseline that the rollout itself had', () => {
    const shares = { [SERVICE]: greenAt([0, 100], [2000, 75], [9000, 100]) };
    const said = timeline({ ...STARTED, rollouts: [rollout('rolledBack')], words: [word()], shares });
    expect(lastWordHolds(said)).toEqual([]);
  });

  test('says nothing about traffic where it does not know, nor past a rollout that is under way', () => {
    expect(lastWordHolds(timeline({ words: [word({ greenPercent: null })], shares: late }))).toEqual([]);
    const past = timeline({
      rollouts: [rollout('promoted', { firstRunId: RUN, closed: null })],
      words: [word({ command: 'break-glass', firstRunId: null, exitCode: 0 })],
      shares: late,
    });
    expect(lastWordHolds(past)).toEqual([]);
  });
});
