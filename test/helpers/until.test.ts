import { expect, test } from 'vitest';
import { until } from './until.js';

test('answers with what it saw as soon as there is something', async () => {
  let looks = 0;
  expect(await until('there is a third look', () => (++looks === 3 ? looks : undefined))).toBe(3);
});

test('fails with what it waited for and what it saw last', async () => {
  const waiting = until('pigs fly', () => Promise.reject(new Error('they walk')), { deadlineMs: 30, everyMs: 5 });
  await expect(waiting).rejects.toThrow('waited 30 ms in vain until pigs fly; last seen: Error: they walk');
});
