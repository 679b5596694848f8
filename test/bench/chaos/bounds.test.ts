import { describe, expect, test } from 'vitest';
import { bounded } from '../../../bench/chaos/invariants/bounded.js';
import { journalIsWhole } from '../../../bench/chaos/invariants/journal-is-whole.js';
import type { JournalLine, RolloutFact } from '../../../bench/chaos/timeline/timeline.js';
import { command, rollout, RUN, SERVICE, start, timeline } from './support/timelines.js';

describe('history and memory', () => {
  const withEvents = (events: number, longestRunEvents = events): RolloutFact => {
    const { closed, ...rest } = rollout('promoted');
    if (closed === null) throw new Error('it is closed');
    return { ...rest, closed: { ...closed, events, longestRunEvents } };
  };

  test('a history grows with stages, commands and time, and not without', () => {
    const of = (events: number, commands = 0) =>
      timeline({
        starts: [start()],
        rollouts: [withEvents(events)],
        commands: Array.from({ length: commands }, () => command('pause', 3000)),
      });
    expect(bounded(of(150))).toEqual([]);
    expect(bounded(of(900))).toHaveLength(1);
    expect(bounded(of(900, 60))).toEqual([]);
  });

  test('no run has more events than Temporal should keep', () => {
    const commands = Array.from({ length: 1000 }, () => command('pause', 3000));
    expect(bounded(timeline({ starts: [start()], rollouts: [withEvents(5000)], commands }))).toHaveLength(1);
    expect(bounded(timeline({ starts: [start()], rollouts: [withEvents(5000, 3000)], commands }))).toEqual([]);
  });

  test('a worker that grows without end is found, one that warms up is not', () => {
    const memory = (residentMiB: (second: number) => number) =>
      timeline({
        memory: Array.from({ length: 80 }, (_, second) => ({
          atMs: second * 1000,
          worker: 0,
          pid: 77,
          residentMiB: residentMiB(second),
        })),
      });
    expect(bounded(memory((second) => Math.min(400, 150 + 20 * second)))).toEqual([]);
    expect(bounded(memory((second) => 150 + 10 * second))).toHaveLength(1);
  });
});

describe('the journal', () => {
  const line = (number: number, change: Partial<JournalLine> = {}): JournalLine => ({
    id: `${SERVICE}@${RUN}#${String(number)}`,
    rolloutId: `${SERVICE}@${RUN}`,
    kind: 'decision',
    number,
    text: `line ${String(number)}`,
    ...change,
  });
  const whole = [line(1, { kind: 'started' }), line(2), line(3, { kind: 'outcome' })];
  const wrong = (journal: readonly JournalLine[]) =>
    journalIsWhole(timeline({ rollouts: [rollout('promoted')], journal })).map(({ message }) => message);

  test('has every line of a rollout once, and the same one twice does no harm', () => {
    expect(wrong(whole)).toEqual([]);
    expect(wrong([...whole, line(2)])).toEqual([]);
  });

  test('is not whole where a line is missing, stands for two things, or the end is not told', () => {
    expect(wrong([])).toEqual([expect.stringContaining('is empty')]);
    expect(wrong([line(1), line(3, { kind: 'outcome' })])).toEqual([expect.stringContaining('lacks 1 of 3')]);
    expect(wrong([...whole, line(2, { text: 'another' })])).toEqual([expect.stringContaining('two lines 2')]);
    expect(wrong([line(1), line(2)])).toEqual([expect.stringContaining('how it ended')]);
  });
});
