import { expect, test } from 'vitest';
import { createPriority } from '../../src/activities/priority.js';

/** Longer than any test may take. */
const FOR_EVER_MS = 3_600_000;

function blocked(): { readonly work: () => Promise<void>; readonly end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { work: () => ended, end };
}

test('what can wait is done at once when nothing urgent is under way', async () => {
  await expect(
    createPriority({ windowMs: FOR_EVER_MS, few: 0, longestWaitMs: FOR_EVER_MS }).afterwards(() =>
      Promise.resolve('done'),
    ),
  ).resolves.toBe('done');
});

test('what can wait is done after everything urgent, also what began later and what failed [C-11]', async () => {
  const { first, afterwards } = createPriority({ windowMs: 1, few: 0, longestWaitMs: FOR_EVER_MS });
  const done: string[] = [];
  const one = blocked();
  const two = blocked();
  const urgent = first(one.work).then(() => done.push('one'));
  const later = afterwards(() => Promise.resolve(done.push('later')));
  const alsoUrgent = first(async () => {
    await two.work();
    throw new Error('could not be told');
  }).catch(() => done.push('two'));
  one.end();
  await urgent;
  two.end();
  await Promise.all([alsoUrgent, later]);
  expect(done).toEqual(['one', 'two', 'later']);
});

test('nobody gives way for ever', async () => {
  const { first, afterwards } = createPriority({ windowMs: 1, few: 0, longestWaitMs: 5 });
  const endless = blocked();
  const urgent = first(endless.work);
  await expect(afterwards(() => Promise.resolve('done'))).resolves.toBe('done');
  endless.end();
  await urgent;
});

test('what is urgent waits for nobody [C-11]', async () => {
  const { first, afterwards } = createPriority({ windowMs: 1, few: 0, longestWaitMs: FOR_EVER_MS });
  const slow = blocked();
  const paperwork = afterwards(slow.work);
  await expect(first(() => Promise.resolve('done'))).resolves.toBe('done');
  slow.end();
  await paperwork;
});

test('a few that are urgent now and then hold nobody up, a stream of them does [C-11]', async () => {
  const { first, afterwards } = createPriority({ windowMs: FOR_EVER_MS, few: 2, longestWaitMs: FOR_EVER_MS });
  const urgent = (): Promise<void> => first(() => Promise.resolve());
  await urgent();
  await urgent();
  await expect(afterwards(() => Promise.resolve('done'))).resolves.toBe('done');
  await urgent();
  let isDone = false;
  void afterwards(() => Promise.resolve((isDone = true)));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isDone).toBe(false);
});
