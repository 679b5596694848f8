import { expect, test } from 'vitest';
import { pauseMsAfter } from './pause.js';

test('a wait that has just begun looks often, a long one seldom', () => {
  expect([0, 200, 1000, 2000, 60_000].map(pauseMsAfter)).toEqual([15, 15, 50, 100, 150]);
});
