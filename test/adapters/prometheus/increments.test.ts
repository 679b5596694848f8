import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LONGEST_GAP_MS } from '../../../src/adapters/metrics/prometheus/defaults.js';
import { incrementsOf } from '../../../src/adapters/metrics/prometheus/increments.js';
import { series, tell, turns } from './support.js';

const gained = (samples: readonly (readonly [number, number])[], scrapes = samples.map(([atMs]) => atMs)) =>
  incrementsOf([series(samples)], scrapes, LONGEST_GAP_MS)[0];

describe('what a counter gained', () => {
  test('is the difference between two scrapes, at the moment of the second', () => {
    expect(
      gained([
        [0, 5],
        [10, 8],
        [20, 8],
        [30, 9],
      ]),
    ).toEqual([
      { atMs: 10, count: 3 },
      { atMs: 30, count: 1 },
    ]);
  });

  test('counts from 0 after the counter went down: its process has restarted', () => {
    expect(
      gained([
        [0, 100],
        [10, 120],
        [20, 7],
        [30, 9],
      ]),
    ).toEqual([
      { atMs: 10, count: 20 },
      { atMs: 20, count: 7 },
      { atMs: 30, count: 2 },
    ]);
  });

  test('counts from 0 where the target was scraped before without it', () => {
    expect(
      gained(
        [
          [20, 4],
          [30, 6],
        ],
        [0, 10, 20, 30],
      ),
    ).toEqual([
      { atMs: 20, count: 4 },
      { atMs: 30, count: 2 },
    ]);
  });

  test('is unknown for the first scrape of a target, which may have counted for days', () => {
    expect(
      gained([
        [10, 1_000_000],
        [20, 1_000_003],
      ]),
    ).toEqual([{ atMs: 20, count: 3 }]);
  });

  test('of scrapes that were missed is all in the next one', () => {
    expect(
      gained([
        [0, 5],
        [100_000, 25],
      ]),
    ).toEqual([{ atMs: 100_000, count: 20 }]);
  });

  test('is unknown after longer than Prometheus itself remembers', () => {
    expect(
      gained([
        [0, 5],
        [LONGEST_GAP_MS + 1, 25],
        [LONGEST_GAP_MS + 10, 26],
      ]),
    ).toEqual([{ atMs: LONGEST_GAP_MS + 10, count: 1 }]);
  });

  test('of a series that vanished is nothing', () => {
    expect(
      gained(
        [
          [0, 5],
          [10, 8],
        ],
        [0, 10, 20, 30],
      ),
    ).toEqual([{ atMs: 10, count: 3 }]);
  });

  test('restarts for all buckets of a histogram when one of them went down', () => {
    const fast = series(
      [
        [0, 3],
        [10, 4],
      ],
      { le: '0.1' },
    );
    const all = series(
      [
        [0, 9],
        [10, 6],
      ],
      { le: '+Inf' },
    );
    expect(incrementsOf([fast, all], [0, 10], LONGEST_GAP_MS)).toEqual([
      [{ atMs: 10, count: 4 }],
      [{ atMs: 10, count: 6 }],
    ]);
  });
});

test('a histogram of which a bucket gained more than a larger one has not restarted: none went down [W23]', () => {
  const buckets = [
    ['0.5', 980_000, 980_011],
    ['1', 999_000, 999_010],
    ['+Inf', 1_000_000, 1_000_010],
  ] as const;
  const together = buckets.map(([le, before, after]) =>
    series(
      [
        [0, before],
        [10, after],
      ],
      { le },
    ),
  );
  expect(incrementsOf(together, [0, 10], LONGEST_GAP_MS)).toEqual([
    [{ atMs: 10, count: 11 }],
    [{ atMs: 10, count: 10 }],
    [{ atMs: 10, count: 10 }],
  ]);
});

test('whatever happens, nothing negative is gained, and nothing twice: never more than was counted', () => {
  fc.assert(
    fc.property(turns, fc.boolean(), (all, lazily) => {
      const { target, known } = tell(all, lazily);
      const increments = target.requests.flatMap((one) => incrementsOf([one], target.scrapes, LONGEST_GAP_MS)).flat();
      expect(increments.every(({ count }) => count > 0)).toBe(true);
      const sum = increments.reduce((total, { count }) => total + count, 0);
      expect(sum).toBeLessThanOrEqual(known.requests);
      // A restart that has outrun its past between two scrapes looks like none; everything else is known exactly.
      if (!all.some(({ restarted }) => restarted)) expect(sum).toBe(known.requests);
    }),
  );
});
