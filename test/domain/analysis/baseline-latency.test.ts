import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsFor } from '../../../src/domain/analysis/engines/baseline/edges.js';
import type { Histogram } from '../../../src/domain/analysis/histogram.js';

function histogram(perBucket: readonly (readonly [number | null, number])[]): Histogram {
  let count = 0;
  return perBucket.map(([leMs, inBucket]) => {
    count += inBucket;
    return { leMs, count };
  });
}

const usual = histogram([
  [50, 900],
  [100, 60],
  [150, 30],
  [200, 6],
  [300, 3],
  [400, 1],
  [600, 0],
  [null, 0],
]);

test('latencies are compared at edges of buckets, near the asked share and the allowed ratio [C-02]', () => {
  expect(boundsFor(usual, 0.01, 1.5)).toEqual({ baselineMs: 200, candidateMs: 300, provenMs: 300 });
});

test('a ratio between edges is compared at the next one up, and proven at the one below', () => {
  expect(boundsFor(usual, 0.01, 1.8)).toEqual({ baselineMs: 150, candidateMs: 300, provenMs: 200 });
});

test('nothing is compared while the baseline has shown too little, or where buckets end too early', () => {
  expect(
    boundsFor(
      histogram([
        [50, 40],
        [100, 5],
        [null, 0],
      ]),
      0.01,
      1.5,
    ),
  ).toBeNull();
  expect(boundsFor(usual, 0.01, 50)).toBeNull();
});

test('a candidate within the ratio never looks worse for the sake of buckets', () => {
  const counts = fc.array(fc.nat(500), { minLength: 9, maxLength: 9 });
  fc.assert(
    fc.property(
      counts,
      fc.constantFrom(0.01, 0.05, 0.5),
      fc.double({ min: 1, max: 4, noNaN: true }),
      (all, share, ratio) => {
        const edges = [10, 25, 50, 75, 100, 150, 300, 1000, null];
        const bounds = boundsFor(histogram(all.map((count, index) => [edges[index] ?? null, count])), share, ratio);
        if (bounds === null) return;
        expect(bounds.candidateMs).toBeGreaterThanOrEqual(ratio * bounds.baselineMs * (1 - 1e-9));
        expect(bounds.provenMs).toBeLessThanOrEqual(ratio * bounds.baselineMs * (1 + 1e-9));
        expect(bounds.provenMs).toBeGreaterThanOrEqual(bounds.baselineMs);
      },
    ),
  );
});
