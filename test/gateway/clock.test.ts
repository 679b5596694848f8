import { expect, test } from 'vitest';
import { createClock } from '../../src/gateway/clock.js';

test('the clock stands still while the wall clock is set back', () => {
  const readings = [100, 150, 120, 149, 151];
  const clock = createClock(() => readings.shift() ?? 0);
  expect([clock(), clock(), clock(), clock(), clock()]).toEqual([100, 150, 150, 150, 151]);
});
