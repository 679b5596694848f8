import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSplit, splitOf, weightsOf, writeSplit } from '../../../../src/adapters/routers/haproxy/split.js';
import { fromParts } from '../../../../src/domain/percent.js';
import { sameWeights, splitBetween } from '../../../../src/domain/traffic/weights.js';

const ROUTE = { service: 'checkout', targets: { blue: 'be-blue', green: 'be-green' } };

describe('the entry of the map', () => {
  test('names who owns the first slice, and how large it is', () => {
    const entryOf = (baseline: string, candidate: string, percent: number): string =>
      writeSplit(splitOf(ROUTE, splitBetween({ baseline, candidate }, percent)));
    expect(entryOf('blue', 'green', 5)).toBe('be-green/5000/be-blue');
    expect(entryOf('blue', 'green', 0.001)).toBe('be-green/1/be-blue');
    expect(entryOf('green', 'blue', 5)).toBe('be-blue/5000/be-green');
    expect(entryOf('blue', 'green', 0)).toBe('be-green/0/be-blue');
    expect(entryOf('blue', 'green', 100)).toBe('be-green/100000/be-blue');
  });

  test('says the weights again, on the whole grain and in both directions', () => {
    const roles = fc.constantFrom({ baseline: 'blue', candidate: 'green' }, { baseline: 'green', candidate: 'blue' });
    fc.assert(
      fc.property(roles, fc.integer({ min: 0, max: 100_000 }), (direction, parts) => {
        const weights = splitBetween(direction, fromParts(parts));
        const split = readSplit(writeSplit(splitOf(ROUTE, weights)));
        expect(split).not.toBeNull();
        if (split === null) return;
        expect(sameWeights(weightsOf(ROUTE, split), weights)).toBe(true);
        expect(split.first).toBe(ROUTE.targets[direction.candidate]);
      }),
    );
  });

  test('no bucket leaves the candidate while its share rises, whichever way the rollout goes', () => {
    const roles = fc.constantFrom({ baseline: 'blue', candidate: 'green' }, { baseline: 'green', candidate: 'blue' });
    const ownerOf = (bucket: number, { first, parts, rest }: ReturnType<typeof splitOf>): string =>
      bucket < parts ? first : rest;
    const share = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(roles, share, share, fc.integer({ min: 0, max: 99_999 }), (direction, one, other, bucket) => {
        const [before, after] = [Math.min(one, other), Math.max(one, other)].map((parts) =>
          ownerOf(bucket, splitOf(ROUTE, splitBetween(direction, fromParts(parts)))),
        );
        const candidate = ROUTE.targets[direction.candidate];
        if (before === candidate) expect(after).toBe(candidate);
      }),
    );
  });

  test('one backend with everything may stand alone', () => {
    expect(splitOf(ROUTE, [{ backend: 'blue', percent: 100 }])).toEqual({
      first: 'be-blue',
      parts: 100_000,
      rest: 'be-green',
    });
  });

  test.each([
    ['nothing', []],
    ['too little', [{ backend: 'blue', percent: 99 }]],
    [
      'three slices',
      [
        { backend: 'blue', percent: 50 },
        { backend: 'green', percent: 25 },
        { backend: 'red', percent: 25 },
      ],
    ],
  ])('%s cannot be split', (_, weights) => {
    expect(() => splitOf({ ...ROUTE, targets: { ...ROUTE.targets, red: 'be-red' } }, weights)).toThrow(
      /HAProxy cannot split like this/,
    );
  });

  test.each([
    '',
    '5000',
    'green/5000',
    'green/5000/green',
    'green/100001/blue',
    'green/-1/blue',
    'green/5 000/blue',
    'a/1/b/c',
    'green/x/blue',
  ])('what is no split is not understood as one: %j', (entry) => {
    expect(readSplit(entry)).toBeNull();
  });

  test('a backend that the service does not know keeps its own name, so that its share is seen as drift [C-13]', () => {
    expect(weightsOf(ROUTE, { first: 'be-red', parts: 1000, rest: 'be-blue' })).toEqual([
      { backend: 'be-red', percent: 1 },
      { backend: 'blue', percent: 99 },
    ]);
  });
});
