import { expect, test } from 'vitest';
import { waitFor } from '../../src/dev/wait-for.js';

test('waiting ends with the value as soon as it is there', async () => {
  let looks = 0;
  const value = await waitFor('the third look', () => (++looks === 3 ? { value: looks } : { notYet: 'too early' }), {
    deadlineMs: 5000,
    everyMs: 1,
  });
  expect(value).toBe(3);
});

test('waiting in vain says what was waited for, how long, and what was in the way', async () => {
  const waiting = waitFor('the server to answer on 127.0.0.1:7233', () => ({ notYet: 'connection refused' }), {
    deadlineMs: 20,
    everyMs: 5,
  });
  await expect(waiting).rejects.toMatchObject({
    code: 'NOT_READY',
    message: 'Waited 20 ms in vain for the server to answer on 127.0.0.1:7233',
    got: 'connection refused',
  });
});

test('an interruption ends the waiting', async () => {
  const controller = new AbortController();
  const waiting = waitFor('nothing', () => ({ notYet: 'never' }), { deadlineMs: 60_000, signal: controller.signal });
  controller.abort(new Error('Ctrl-C'));
  await expect(waiting).rejects.toThrow();
});
