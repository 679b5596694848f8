import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { DeadlineError, withDeadline } from '../../../src/adapters/http/deadline.js';

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('the work was interrupted'))));

describe('a deadline', () => {
  test('passes what the work gives', async () => {
    expect(await withDeadline(1000, undefined, () => Promise.resolve(7))).toBe(7);
    const error = new Error('of the work');
    await expect(withDeadline(1000, undefined, () => Promise.reject(error))).rejects.toBe(error);
  });

  test('ends work that takes too long, and says how long was too long', async () => {
    await expect(withDeadline(20, undefined, untilAborted)).rejects.toThrow(DeadlineError);
    await expect(withDeadline(20, undefined, untilAborted)).rejects.toThrow('no answer within 20 ms');
  });

  test('ends with the reason of the caller who gave up', async () => {
    const controller = new AbortController();
    const reason = new Error('given up');
    const waiting = withDeadline(10_000, controller.signal, untilAborted);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(withDeadline(10_000, controller.signal, () => Promise.resolve(1))).rejects.toBe(reason);
  });

  test('leaves nothing on a signal that outlives it', async () => {
    const { signal } = new AbortController();
    for (let round = 0; round < 100; round += 1) await withDeadline(1000, signal, () => Promise.resolve());
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
