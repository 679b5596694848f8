import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchesOf } from '../../../src/domain/rollout/journal-batches.js';
import { journaled, MOST_UNWRITTEN, record, SHOWN_LINES, unwritten } from '../../../src/domain/rollout/record.js';
import type { CanaryState } from '../../../src/domain/canary/state.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { newRollout } from '../canary/arbitraries.js';

const line = (what: string) => ({ atMs: 1, kind: 'command', what }) as const;
const recorded = (state: CanaryState, count: number, what = 'a line'): CanaryState =>
  Array.from({ length: count }).reduce<CanaryState>((before) => record(before, line(what)), state);

describe('what happened', () => {
  test('is shown as far as it is new, and waits for the journal as long as it takes [W32] [S-03]', () => {
    const away = recorded(newRollout(), 500);
    expect(statusOf(away, 2).history).toHaveLength(SHOWN_LINES);
    expect(unwritten(away).map(({ number }) => number)).toEqual(Array.from({ length: 501 }, (_, index) => index + 1));
    const back = journaled(away, 501);
    expect(unwritten(back)).toEqual([]);
    expect(back.log.lines).toHaveLength(SHOWN_LINES);
  });

  test('is lost only beyond the newest 2,000 lines, and one line says how many are [W32]', () => {
    const away = recorded(newRollout(), 2500);
    const waiting = unwritten(away);
    expect(waiting).toHaveLength(MOST_UNWRITTEN + 1);
    expect(waiting[0]).toMatchObject({ number: 501, what: expect.stringMatching(/^501 lines are lost/) as string });
    expect(waiting.at(-1)?.number).toBe(2501);
  });

  test('never weighs more than a workflow may carry, however long its lines are [W32] [W31]', () => {
    const away = recorded(newRollout(), 3000, 'x'.repeat(2000));
    expect(JSON.stringify(away.log.lines).length).toBeLessThan(1_000_000);
    const lost = unwritten(away)[0]?.lost ?? 0;
    expect(lost + unwritten(away).length - 1).toBe(3001);
  });

  test('is written whole and in order, whatever comes between two writes [W32] [S-03]', () => {
    const steps = fc.array(
      fc.oneof(fc.record({ add: fc.integer({ min: 1, max: 300 }) }), fc.constant('write' as const)),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(steps, (lines) => {
        let state = newRollout();
        const journal: number[] = [];
        const write = (): void => {
          for (const { number } of batchesOf(unwritten(state))[0] ?? []) journal.push(number);
          state = journaled(state, journal.at(-1) ?? 0);
        };
        for (const step of lines) {
          if (step === 'write') write();
          else state = recorded(state, step.add);
        }
        while (unwritten(state).length > 0) write();
        const lost = state.log.count - journal.length;
        expect(journal.slice(-state.log.count)).toEqual([...journal].sort((a, b) => a - b));
        expect(journal.at(-1)).toBe(state.log.count);
        if (lost > 0) expect(state.log.count).toBeGreaterThan(MOST_UNWRITTEN);
      }),
    );
  });
});

test('lines are written in pieces that are neither too many nor too long [W31] [W32]', () => {
  const lines = Array.from({ length: 250 }, (_, index) => ({ ...line('x'.repeat(index)), number: index + 1 }));
  const batches = batchesOf(lines);
  expect(batches.flat()).toEqual(lines);
  expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(100);
  const long = Array.from({ length: 5 }, (_, index) => ({ ...line('x'.repeat(60_000)), number: index + 1 }));
  expect(batchesOf(long).map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
});
