import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covered, intersection, lengthOf, prolonged, without } from '../../../bench/chaos/timeline/spans.js';
import { workingMs } from '../../../bench/chaos/timeline/lag.js';
import { timeline } from './support/timelines.js';

const span = fc
  .tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 400 }))
  .map(([fromMs, forMs]) => ({ fromMs, toMs: fromMs + forMs }));

test('what is left and what is covered are the whole', () => {
  fc.assert(
    fc.property(span, fc.array(span, { maxLength: 8 }), (whole, others) => {
      const left = without(whole, others);
      const sum = left.reduce((total, part) => total + lengthOf(part), 0);
      expect(sum + covered(whole, others)).toBe(lengthOf(whole));
      for (const part of left) for (const other of others) expect(intersection(part, other)).toBeNull();
    }),
  );
});

test('an intersection lies in both', () => {
  expect(intersection({ fromMs: 0, toMs: 10 }, { fromMs: 5, toMs: 20 })).toEqual({ fromMs: 5, toMs: 10 });
  expect(intersection({ fromMs: 0, toMs: 10 }, { fromMs: 10, toMs: 20 })).toBeNull();
});

test('what is prolonged begins as before', () => {
  expect(prolonged([{ fromMs: 1, toMs: 2 }], 10)).toEqual([{ fromMs: 1, toMs: 12 }]);
});

test('a busy machine makes time shorter for those who work', () => {
  const whole = { fromMs: 0, toMs: 10_000 };
  expect(workingMs(timeline(), whole)).toBe(10_000);
  expect(workingMs(timeline(), whole, [{ fromMs: 2000, toMs: 5000 }])).toBe(7000);
  expect(workingMs(timeline({ stalls: [{ fromMs: 0, toMs: 1000 }] }), whole)).toBeLessThan(6000);
});
