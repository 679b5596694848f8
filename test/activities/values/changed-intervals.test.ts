import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { valuesIn } from '../../../src/activities/values/observed-values.js';
import {
  intervalsWithout,
  valuesByInterval,
  type TimedValue,
} from '../../../src/activities/values/values-by-interval.js';
import { worstValue } from '../../../src/domain/analysis/engines/threshold/worst-value.js';
import { BOUND, START_MS, STEP_MS, Worker, worldOf } from '../support/query-world.js';

const [GOOD, BAD] = [1, 9];
const now = { past: false };

let rollouts = 0;
beforeEach(() => {
  rollouts += 1;
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => void vi.useRealTimers());

const seconds = (count: number): number => count * 1000;

describe('values of a source that knows nothing but the present, where the interval changes in mid-stage', () => {
  // The world has a value per ten seconds, and none in the first ten.
  const worldUntil = (badUntilMs: number) =>
    worldOf(Array.from({ length: 12 }, (_, index) => ((index + 1) * STEP_MS < badUntilMs ? BAD : GOOD)));

  for (const [which, observed] of [
    ['the same worker', false],
    ['another worker', true],
  ] as const) {
    const afterTwoBadOnes = async (failureLimit: number): Promise<Worker> => {
      const world = worldUntil(seconds(40));
      const before = new Worker(world, rollouts, { failureLimit }, { ...now, observed });
      before.configure(seconds(5));
      expect([await before.watchAt(seconds(10)), await before.watchAt(seconds(15))]).toEqual([null, null]);
      const after = observed ? new Worker(world, rollouts, { failureLimit }, { ...now, observed }) : before;
      after.configure(seconds(7));
      return after;
    };
    const breach = { kind: 'breach', reason: expect.stringMatching(/failureLimit/) as string };

    test(`two bad ones every 5 s and two more every 7 s break failureLimit: 2, on ${which} [W25]`, async () => {
      const worker = await afterTwoBadOnes(2);
      expect(await worker.watchAt(seconds(21))).toBeNull();
      expect(await worker.watchAt(seconds(28))).toMatchObject(breach);
    });

    test(`bad ones in four intervals are four, two of them from before the change, on ${which} [W25]`, async () => {
      const worker = await afterTwoBadOnes(3);
      expect(await worker.watchAt(seconds(21))).toBeNull();
      expect(await worker.watchAt(seconds(28))).toBeNull();
      expect(await worker.watchAt(seconds(35))).toMatchObject(breach);
    });
  }

  test('a judge counts what was measured in the part of an interval at the end of the stage [W25]', async () => {
    const world = worldOf([GOOD, BAD, GOOD]);
    const watcher = new Worker(world, rollouts, { failureLimit: 20 }, { ...now, observed: true });
    watcher.configure(seconds(5));
    for (const at of [10, 15, 20, 25, 30]) await watcher.watchAt(seconds(at));
    const judge = new Worker(world, rollouts, { failureLimit: 0 }, { ...now, observed: true });
    judge.configure(seconds(18));
    expect(await judge.judgeAt(seconds(31))).toMatchObject({ verdict: 'failed' });
  });

  test('a reading with other intervals has not measured what it wrote down once more [W25]', async () => {
    const world = worldUntil(seconds(120));
    const worker = new Worker(world, rollouts, { failureLimit: 20 }, { ...now, observed: true });
    worker.configure(seconds(5));
    for (const at of [10, 15, 20]) await worker.watchAt(seconds(at));
    worker.configure(seconds(7));
    await worker.watchAt(seconds(22));
    const stage = { rolloutId: `checkout@${String(rollouts)}`, stage: 1, startedAtMs: START_MS };
    const { queue = [] } = valuesIn(world.lines, stage);
    expect(queue.map(([atMs]) => (atMs - START_MS) / 1000)).toEqual([10, 15, 20]);
  });
});

describe('the values of intervals', () => {
  const startMs = 1000;
  const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 });
  const endsFrom = (steps: readonly number[]): number[] => {
    let endMs = startMs;
    return steps.map((step) => (endMs += step));
  };

  test('hold each kept value of the stage once, whatever the old and the new interval ends [W25]', () => {
    fc.assert(
      fc.property(lengths, lengths, (before, after) => {
        const kept = endsFrom(before).map((atMs, index): TimedValue => [atMs, index]);
        const endsMs = endsFrom(after);
        const untilMs = endsMs.at(-1) ?? startMs;
        const intervals = valuesByInterval(kept.toReversed(), { startMs, endsMs });
        expect(intervals.flat()).toEqual(kept.filter(([atMs]) => atMs <= untilMs));
        intervals.forEach((values, index) => {
          const from = index === 0 ? startMs : (endsMs[index - 1] ?? startMs);
          for (const [atMs] of values) expect(atMs > from && atMs <= (endsMs[index] ?? from)).toBe(true);
        });
      }),
    );
  });

  test('are missing where no value stands for them, also of longer intervals before [W25]', () => {
    const endsMs = [10, 20, 30, 40, 50, 60];
    expect(intervalsWithout([[60, 1]], { startMs: 0, endsMs }, 10)).toBe(5);
    expect(
      intervalsWithout(
        [
          [30, 1],
          [60, 1],
        ],
        { startMs: 0, endsMs },
        30,
      ),
    ).toBe(0);
    expect(intervalsWithout([[12, 1]], { startMs: 0, endsMs }, 10)).toBe(4);
    expect(intervalsWithout([], { startMs: 0, endsMs }, 10)).toBe(6);
  });

  test('are bad where one of them is, and good only where all are [W25]', () => {
    const bound = fc.record({ min: fc.constant(2), max: fc.constant(BOUND) }, { requiredKeys: [] });
    fc.assert(
      fc.property(bound, fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), ({ min, max }, values) => {
        const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
        const isBad = (value: number): boolean => value > (max ?? Infinity) || value < (min ?? -Infinity);
        const worst = worstValue([{ kind: 'custom', name: 'queue', ...bounds }], 'queue', values);
        expect(worst !== undefined && isBad(worst)).toBe(values.some(isBad));
        if (!values.some(isBad)) expect(worst).toBe(values.at(-1));
      }),
    );
  });

  test('are unknown where there are none', () => {
    expect(worstValue([], 'queue', [])).toBeUndefined();
  });
});
