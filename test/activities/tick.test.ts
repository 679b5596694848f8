import { expect, test } from 'vitest';
import { nextTickMs } from '../../src/activities/watch/tick.js';

test('a look at an edge is followed by one at the next edge', () => {
  expect(nextTickMs(1000, 5000, 1000)).toBe(6000);
  expect(nextTickMs(1000, 5000, 6000)).toBe(11_000);
});

test('a look that began a moment before an edge is followed by one at that edge', () => {
  expect(nextTickMs(1000, 5000, 5999)).toBe(6000);
});

test('a look in mid-tick is followed by one at the edge', () => {
  expect(nextTickMs(1000, 5000, 8400)).toBe(11_000);
});
