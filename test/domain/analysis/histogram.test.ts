import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addHistograms,
  countSlower,
  histogramTotal,
  normalHistogram,
  problemOfHistogram,
  quantileForDisplay,
  type Histogram,
} from '../../../src/domain/analysis/histogram.js';

const histogram: Histogram = [
  { leMs: 100, count: 50 },
  { leMs: 250, count: 80 },
  { leMs: 500, count: 95 },
  { leMs: null, count: 100 },
];

describe('how many requests were slower', () => {
  test.each([
    [100, { surely: 50, possibly: 50 }],
    [500, { surely: 5, possibly: 5 }],
    [99, { surely: 50, possibly: 100 }],
    [300, { surely: 5, possibly: 20 }],
    [501, { surely: 0, possibly: 5 }],
  ])('than %d ms is exact at an edge, and between two counts inside a bucket [C-02]', (boundMs, expected) => {
    expect(countSlower(histogram, boundMs)).toEqual(expected);
  });

  test('is never more for certain than it is possibly', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), (boundMs) => {
        const { surely, possibly } = countSlower(histogram, boundMs);
        expect(surely).toBeLessThanOrEqual(possibly);
      }),
    );
  });
});

describe('two histograms', () => {
  test('with the same edges add up bucket by bucket', () => {
    expect(addHistograms(histogram, histogram).map(({ count }) => count)).toEqual([100, 160, 190, 200]);
  });

  test('with different edges add up on those that both have, where the sum is exact', () => {
    const other: Histogram = [
      { leMs: 50, count: 1 },
      { leMs: 250, count: 2 },
      { leMs: null, count: 3 },
    ];
    expect(addHistograms(histogram, other)).toEqual([
      { leMs: 250, count: 82 },
      { leMs: null, count: 103 },
    ]);
  });
});

describe('a histogram from elsewhere', () => {
  test('gets the bucket of everything that some sources leave out', () => {
    const cut = [{ leMs: 100, count: 7 }];
    expect(normalHistogram(cut, 10)).toEqual([...cut, { leMs: null, count: 10 }]);
    expect(normalHistogram([{ leMs: Infinity, count: 7 }], 7)).toEqual([{ leMs: null, count: 7 }]);
    expect(histogramTotal(normalHistogram(histogram, 100))).toBe(100);
  });

  test.each<[string, Histogram]>([
    ['the latency histogram is empty', []],
    ['the latency buckets do not rise', [...histogram, { leMs: 700, count: 100 }]],
    [
      'the latency buckets are not cumulative',
      [
        { leMs: 1, count: 5 },
        { leMs: 2, count: 4 },
      ],
    ],
    ['a latency bucket counts -1 requests', [{ leMs: 1, count: -1 }]],
    ['a latency bucket counts NaN requests', [{ leMs: 1, count: NaN }]],
    ['the latency buckets do not rise', [{ leMs: NaN, count: 1 }]],
    ['a latency bucket ends below zero', [{ leMs: -3.7e305, count: 492 }]],
    ['a latency bucket ends at 1e+300 ms', [{ leMs: 1e300, count: 492 }]],
  ])('is refused because %s', (problem, buckets) => {
    expect(problemOfHistogram(buckets)).toBe(problem);
  });
});

describe('a quantile for display', () => {
  test.each([
    [0.5, 100],
    [0.25, 50],
    [0.65, 175],
    [0.99, 500],
  ])('of %d is read off by straight lines', (quantile, expected) => {
    expect(quantileForDisplay(histogram, quantile)).toBeCloseTo(expected, 9);
  });

  test('is unknown without requests', () => {
    expect(
      quantileForDisplay(
        [
          { leMs: 100, count: 0 },
          { leMs: null, count: 0 },
        ],
        0.5,
      ),
    ).toBeNull();
  });
});
