import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fateOfWrite,
  guardFenceOf,
  isFence,
  nextFence,
  NO_FENCE,
  writerOf,
  WRITERS,
} from '../../../src/domain/traffic/fence.js';

/** One that can be borne for as long as anybody counts. */
const fence = fc.integer({ min: NO_FENCE, max: 2 ** 40 });
const writer = fc.constantFrom(...WRITERS);

describe('a fence', () => {
  test('is nothing so great that no number would be left for the next decision', () => {
    expect(isFence(Number.MAX_SAFE_INTEGER)).toBe(false);
    expect(isFence(nextFence(2 ** 50 - 8))).toBe(true);
    expect([-1, 0.5, NaN, Infinity, '8', null].filter(isFence)).toEqual([]);
  });

  test('of the next decision is greater than every one that was seen, whoever wrote either', () => {
    fc.assert(
      fc.property(fence, writer, (seen, by) => {
        expect(nextFence(seen, by)).toBeGreaterThan(seen);
      }),
    );
  });

  test('says who wrote it', () => {
    fc.assert(
      fc.property(fence, writer, (seen, by) => {
        expect(writerOf(nextFence(seen, by))).toBe(by);
      }),
    );
    expect(writerOf(NO_FENCE)).toBeNull();
    expect([44, 45, 46, 47].map(writerOf)).toEqual([null, null, null, null]);
  });

  test('of a guard is that of its stage, stronger, and weaker than the next decision', () => {
    fc.assert(
      fc.property(fence, (seen) => {
        const stage = nextFence(seen);
        const guard = guardFenceOf(stage);
        expect(guard).toBeGreaterThan(stage);
        expect(guard).toBeLessThan(nextFence(stage));
        expect(guardFenceOf(guard)).toBe(guard);
        expect(writerOf(guard)).toBe('guard');
      }),
    );
  });

  test('is a whole number from 0', () => {
    expect([0, 41, 2 ** 50].every(isFence)).toBe(true);
    expect([-1, 0.5, NaN, 2 ** 53, '41', null, undefined].some(isFence)).toBe(false);
  });
});

describe('the fate of a write', () => {
  test.each([
    // fence, only if, borne, whether the weights are there, fate
    [41, undefined, 0, false, 'apply'],
    [41, undefined, 33, true, 'apply'],
    [41, undefined, 41, false, 'apply'],
    [41, undefined, 41, true, 'apply'],
    [41, undefined, 43, true, 'done'],
    [41, undefined, 43, false, 'stale'],
    [41, 33, 33, false, 'apply'],
    [41, 33, 33, true, 'apply'],
    [41, [25, 33], 25, false, 'apply'],
    [41, 33, 41, true, 'done'],
    [41, 33, 41, false, 'stale'],
    [41, 33, 43, true, 'stale'],
    [41, 33, 25, true, 'stale'],
    [41, 33, NO_FENCE, true, 'stale'],
    [41, NO_FENCE, NO_FENCE, false, 'apply'],
    [41, [], 33, false, 'stale'],
  ] as const)(
    'fence %d, only if %j, borne %d, wanted weights there %s: %s',
    (own, onlyIfFence, borne, isWanted, fate) => {
      expect(fateOfWrite({ fence: own, onlyIfFence }, borne, isWanted)).toBe(fate);
    },
  );

  /** An instance as a data plane keeps it. */
  const told = (
    state: { borne: number; weights: string },
    write: { fence: number; onlyIfFence?: number; weights: string },
  ) => {
    const fate = fateOfWrite(write, state.borne, state.weights === write.weights);
    return { fate, state: fate === 'apply' ? { borne: write.fence, weights: write.weights } : state };
  };

  const weights = fc.constantFrom<string>('5 %', '50 %', '0 %');
  const state = fc.record({ borne: fence, weights });
  const write = fc.record({ fence: fence.map((seen) => nextFence(seen)), weights });

  test('is done when it is told again, and changes nothing more', () => {
    fc.assert(
      fc.property(state, write, fc.boolean(), (before, { fence: own, weights: wanted }, isConditional) => {
        const one = { fence: own, weights: wanted, ...(isConditional && { onlyIfFence: before.borne }) };
        const first = told(before, one);
        const again = told(first.state, one);
        if (first.fate === 'stale') return;
        expect(again.fate).not.toBe('stale');
        expect(again.state).toEqual(first.state);
      }),
    );
  });

  test('of those without a condition, told in any order, leaves the latest in force', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(write, { minLength: 1, maxLength: 6, selector: (one) => one.fence })
          .chain((all) =>
            fc.record({ all: fc.constant(all), order: fc.shuffledSubarray(all, { minLength: all.length }) }),
          ),
        ({ all, order }) => {
          const left = order.reduce((now, one) => told(now, one).state, { borne: NO_FENCE, weights: '100 %' });
          const latest = all.reduce((a, b) => (b.fence > a.fence ? b : a));
          expect(left.weights).toBe(latest.weights);
        },
      ),
    );
  });

  test('of many with one condition is to be made once', () => {
    fc.assert(
      fc.property(state, fc.uniqueArray(write, { minLength: 2, selector: (one) => one.fence }), (before, writes) => {
        let now = before;
        const fates = writes.map((one) => {
          const { fate, state: after } = told(now, { ...one, onlyIfFence: before.borne });
          now = after;
          return fate;
        });
        // One that happens to have the fence which is borne already was made before, or is somebody else's.
        if (writes.some((one) => one.fence === before.borne)) return;
        expect(fates.filter((fate) => fate === 'apply')).toHaveLength(1);
      }),
    );
  });
});
