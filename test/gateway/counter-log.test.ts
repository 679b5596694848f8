import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Counts } from '../../src/gateway/counter-chunk.js';
import { CounterLog } from '../../src/gateway/counter-log.js';
import { LATENCY_BOUNDS_MS } from '../../src/gateway/defaults.js';

const GRAIN_MS = 1000;
const SINCE_MS = 1_000_000_000_400;

function newLog(retentionMs = 3_600_000): CounterLog {
  return new CounterLog({ grainMs: GRAIN_MS, retentionMs, sinceMs: SINCE_MS });
}

interface Event {
  readonly afterMs: number;
  readonly latencyMs: number;
  readonly isError: boolean;
}

const events = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 20_000 })),
    latencyMs: fc.oneof(fc.double({ min: 0, max: 20_000, noNaN: true }), fc.constantFrom(...LATENCY_BOUNDS_MS)),
    isError: fc.boolean(),
  }),
  { maxLength: 200 },
);

/** Records the events one after another; answers when the last one was. */
function play(log: CounterLog, history: readonly Event[]): number {
  let nowMs = SINCE_MS;
  for (const { afterMs, latencyMs, isError } of history) {
    nowMs += afterMs;
    log.record(nowMs, latencyMs, isError);
  }
  return nowMs;
}

function sum(samples: readonly (Counts | null)[]): Counts {
  const total: Counts = { requests: 0, errors: 0, latencyCounts: LATENCY_BOUNDS_MS.map(() => 0).concat(0) };
  for (const sample of samples) {
    if (sample === null) throw new Error('unknown');
    total.requests += sample.requests;
    total.errors += sample.errors;
    sample.latencyCounts.forEach(
      (count, index) => (total.latencyCounts[index] = (total.latencyCounts[index] ?? 0) + count),
    );
  }
  return total;
}

describe('the counters of a backend', () => {
  test('hold every request exactly once, whatever the steps', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 30_000 }), (history, stepMs) => {
        const log = newLog();
        const endMs = play(log, history) + 2 * GRAIN_MS;
        const total = sum(log.read({ fromMs: SINCE_MS, toMs: endMs, stepMs }, endMs));
        expect(total.requests).toBe(history.length);
        expect(total.errors).toBe(history.filter(({ isError }) => isError).length);
        expect(total.latencyCounts.reduce((a, b) => a + b, 0)).toBe(history.length);
      }),
      { numRuns: 300 },
    );
  });

  test('are the same whether asked on the way, in intervals that meet, or at the end', () => {
    fc.assert(
      fc.property(
        events,
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 }),
        (history, questionsAfterMs) => {
          const log = newLog();
          const asked: (Counts | null)[] = [];
          let nowMs = SINCE_MS;
          let fromMs = SINCE_MS;
          history.forEach(({ afterMs, latencyMs, isError }, index) => {
            nowMs += afterMs;
            log.record(nowMs, latencyMs, isError);
            nowMs += (questionsAfterMs[index % questionsAfterMs.length] ?? 0) % 700;
            if (nowMs === fromMs) return;
            asked.push(...log.read({ fromMs, toMs: nowMs, stepMs: nowMs - fromMs }, nowMs));
            fromMs = nowMs;
          });
          const endMs = nowMs + GRAIN_MS + 1;
          asked.push(...log.read({ fromMs, toMs: endMs, stepMs: endMs - fromMs }, endMs));
          expect(sum(asked)).toEqual(sum(log.read({ fromMs: SINCE_MS, toMs: endMs, stepMs: endMs - SINCE_MS }, endMs)));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('an interval that has ended never changes afterwards', () => {
    const log = newLog();
    log.record(SINCE_MS + 100, 5, false);
    const range = { fromMs: SINCE_MS, toMs: SINCE_MS + 900, stepMs: 900 };
    const then = log.read(range, SINCE_MS + 900);
    log.record(SINCE_MS + 900, 5, false);
    log.record(SINCE_MS + 5000, 5, false);
    expect(log.read(range, SINCE_MS + 9000)).toEqual(then);
    expect(then[0]?.requests).toBe(1);
  });

  test('a grain belongs to the interval that holds its end', () => {
    const log = newLog();
    const second = Math.ceil(SINCE_MS / GRAIN_MS) * GRAIN_MS;
    log.record(second + 10, 1, false);
    const nowMs = second + 60_000;
    const [before, after] = log.read({ fromMs: second + 500, toMs: second + 1500, stepMs: 500 }, nowMs);
    expect(before?.requests).toBe(1);
    expect(after?.requests).toBe(0);
  });

  test('time before the start, time forgotten and time to come are unknown, silence in between is zero', () => {
    const log = newLog(10_000);
    const nowMs = SINCE_MS + 30_000;
    const known = (fromMs: number, toMs: number): (number | null)[] =>
      log.read({ fromMs, toMs, stepMs: toMs - fromMs }, nowMs).map((counts) => counts?.requests ?? null);
    expect(known(SINCE_MS - 1000, SINCE_MS + 1000)).toEqual([null]);
    expect(known(nowMs - 11_000, nowMs - 5000)).toEqual([null]);
    expect(known(nowMs - 1000, nowMs + 1)).toEqual([null]);
    expect(known(nowMs - 10_000, nowMs)).toEqual([0]);
  });

  test('a latency on a bound belongs to the bucket below it, as with Prometheus', () => {
    const log = newLog();
    for (const latencyMs of [0, 1, 1.01, 2.5, 10_000, 10_001]) log.record(SINCE_MS, latencyMs, false);
    const [counts] = log.read({ fromMs: SINCE_MS, toMs: SINCE_MS + 2000, stepMs: 2000 }, SINCE_MS + 2000);
    expect(counts?.latencyCounts.slice(0, 3)).toEqual([2, 2, 0]);
    expect(counts?.latencyCounts.slice(-2)).toEqual([1, 1]);
  });

  test('what is older than the retention is forgotten, what is younger is all there', () => {
    const log = newLog(60_000);
    let nowMs = SINCE_MS;
    for (let second = 0; second < 1000; second += 1, nowMs += 1000) log.record(nowMs, second % 40, false);
    const remembered = sum(log.read({ fromMs: nowMs - 60_000, toMs: nowMs, stepMs: 7000 }, nowMs));
    expect(remembered.requests).toBe(60);
    expect(log.read({ fromMs: nowMs - 61_000, toMs: nowMs, stepMs: 61_000 }, nowMs)).toEqual([null]);
  });
});
