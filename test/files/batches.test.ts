import { expect, test } from 'vitest';
import { Batches } from '../../src/files/batches.js';

const fulfilled = <Value>(value: Value): PromiseSettledResult<Value> => ({ status: 'fulfilled', value });

test('what is asked for while a batch is worked on is the next one, and each gets its own outcome', async () => {
  const seen: (readonly number[])[] = [];
  const later: Promise<number>[] = [];
  const batches = new Batches<number, number>((items) => {
    seen.push(items);
    if (later.length === 0) later.push(batches.add(3));
    return Promise.resolve(items.map((item) => fulfilled(item * 10)));
  });
  expect(await Promise.all([batches.add(1), batches.add(2)])).toEqual([10, 20]);
  expect(await Promise.all(later)).toEqual([30]);
  expect(seen).toEqual([[1, 2], [3]]);
  expect(batches.isWorking).toBe(false);
});

test('a batch that fails fails for each of its items, and not for the next one', async () => {
  let turns = 0;
  const batches = new Batches<number, number>((items) => {
    turns += 1;
    return turns === 1 ? Promise.reject(new Error('no')) : Promise.resolve(items.map(fulfilled));
  });
  const failed = await Promise.allSettled([batches.add(1), batches.add(2)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await batches.add(3)).toBe(3);
});

test('who gives up before the turn is left out', async () => {
  const seen: number[] = [];
  const batches = new Batches<number, number>((items) => {
    seen.push(...items);
    return Promise.resolve(items.map(fulfilled));
  });
  const controller = new AbortController();
  const [first, second] = [batches.add(1), batches.add(2, controller.signal)];
  controller.abort(new Error('given up'));
  await expect(second).rejects.toThrow('given up');
  expect([await first, seen]).toEqual([1, [1]]);
});
