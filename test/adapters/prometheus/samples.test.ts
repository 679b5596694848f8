import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NoCommonBucketError } from '../../../src/adapters/metrics/prometheus/buckets.js';
import { samplesOf } from '../../../src/adapters/metrics/prometheus/samples.js';
import { problemOfHistogram } from '../../../src/domain/analysis/histogram.js';
import type { Sampled } from '../../../src/domain/analysis/sample.js';
import { cuts, series, target, tell, turns } from './support.js';

/** Long after everything. */
const LATER_MS = 1_000_000;

const counts = (sampled: Sampled): unknown =>
  sampled === 'no-data' ? sampled : { requests: sampled.requests, errors: sampled.errors };

/** A target that has counted 10 requests from scrape to scrape. */
const steady = (scrapes: readonly number[]) =>
  target({ scrapes, requests: [series(scrapes.map((atMs, index) => [atMs, index * 10]))] });

const stepsOf = (
  targets: Parameters<typeof samplesOf>[0],
  fromMs: number,
  toMs: number,
  stepMs: number,
  nowMs: number,
) => samplesOf(targets, { fromMs, toMs, stepMs }, nowMs, null).samples.map(counts);

describe('counts per step', () => {
  test('run from the last scrape at or before one edge to the last at or before the next', () => {
    const scrapes = [0, 10, 20, 30, 40, 50];
    expect(stepsOf([steady(scrapes)], 20, 50, 15, LATER_MS)).toEqual([
      { requests: 10, errors: 0 },
      { requests: 20, errors: 0 },
    ]);
  });

  test('of a step without a scrape are no data, and join the next step that has one [C-14]', () => {
    const missed = target({
      scrapes: [0, 10, 60, 70],
      requests: [
        series([
          [0, 0],
          [10, 10],
          [60, 60],
          [70, 70],
        ]),
      ],
    });
    expect(stepsOf([missed], 0, 80, 20, LATER_MS)).toEqual([
      { requests: 10, errors: 0 },
      'no-data',
      { requests: 50, errors: 0 },
      { requests: 10, errors: 0 },
    ]);
  });

  test('of a backend that is scraped and has not been asked are zeros, not missing [M-01]', () => {
    expect(stepsOf([target({ scrapes: [0, 10, 20] })], 0, 20, 10, LATER_MS)).toEqual([
      { requests: 0, errors: 0 },
      { requests: 0, errors: 0 },
    ]);
  });

  test('of nothing that is scraped are no data', () => {
    expect(stepsOf([], 0, 20, 10, LATER_MS)).toEqual(['no-data', 'no-data']);
  });

  test('of several targets are their sum; one that came in mid-range counts from its first scrape', () => {
    const young = target({
      scrapes: [20, 30],
      requests: [
        series([
          [20, 500],
          [30, 507],
        ]),
      ],
    });
    expect(stepsOf([steady([0, 10, 20, 30]), young], 0, 30, 10, LATER_MS)).toEqual([
      { requests: 10, errors: 0 },
      { requests: 10, errors: 0 },
      { requests: 17, errors: 0 },
    ]);
  });

  test('of time that has yet to come are no data', () => {
    expect(stepsOf([steady([0, 10, 20, 30])], 0, 60, 30, 59)).toEqual([{ requests: 30, errors: 0 }, 'no-data']);
  });
});

describe('a scrape that is still under way', () => {
  const seen = steady([0, 100, 200, 300]);

  test('makes its step unknown until it can be seen, for its requests would be lost', () => {
    const { samples, dueSinceMs } = samplesOf([seen], { fromMs: 200, toMs: 405, stepMs: 205 }, 406, null);
    expect({ samples, dueSinceMs }).toEqual({ samples: ['no-data'], dueSinceMs: 390 });
    const after = steady([0, 100, 200, 300, 401]);
    expect(stepsOf([after], 200, 405, 205, 410)).toEqual([{ requests: 20, errors: 0 }]);
  });

  test('is not waited for where none is due', () => {
    expect(stepsOf([seen], 200, 380, 180, 381)).toEqual([{ requests: 10, errors: 0 }]);
  });

  test('of a target that stays away is given up after three periods, and what the others saw is known', () => {
    const away = steady([0, 1000, 2000, 3000]);
    const others = steady([0, 1000, 2000, 3000, 4000, 5000, 6000]);
    expect(stepsOf([away, others], 3000, 6000, 3000, 5999)).toEqual(['no-data']);
    expect(stepsOf([away, others], 3000, 6000, 3000, 6005)).toEqual([{ requests: 30, errors: 0 }]);
  });

  test('is waited for when all stood still for a second or two, however often they are scraped', () => {
    expect(stepsOf([seen], 200, 405, 205, 2405)).toEqual(['no-data']);
    const after = steady([0, 100, 200, 300, 401, 2400]);
    expect(stepsOf([after], 200, 405, 205, 2405)).toEqual([{ requests: 20, errors: 0 }]);
  });
});

describe('latencies', () => {
  const histogram = (scrapes: readonly number[], edges: readonly string[], instance: string) =>
    target({
      scrapes,
      latency: edges.map((le, bucket) =>
        series(
          scrapes.map((atMs, index) => [atMs, index * (bucket + 1)]),
          { le, instance },
        ),
      ),
    });

  test('are added up bucket by bucket, in milliseconds', () => {
    const targets = [
      histogram([0, 10], ['0.1', '0.25', '+Inf'], 'a'),
      histogram([0, 10], ['0.1', '0.25', '+Inf'], 'b'),
    ];
    const [sample] = samplesOf(targets, { fromMs: 0, toMs: 10, stepMs: 10 }, LATER_MS, 's').samples;
    expect(sample).toMatchObject({
      latencyHistogram: [
        { leMs: 100, count: 2 },
        { leMs: 250, count: 4 },
        { leMs: null, count: 6 },
      ],
    });
  });

  test('are added up on the edges that every target has', () => {
    const targets = [histogram([0, 10], ['5', '10.0', '+Inf'], 'a'), histogram([0, 10], ['1e+01', '20', '+Inf'], 'b')];
    const [sample] = samplesOf(targets, { fromMs: 0, toMs: 10, stepMs: 10 }, LATER_MS, 'ms').samples;
    expect(sample).toMatchObject({
      latencyHistogram: [
        { leMs: 10, count: 3 },
        { leMs: null, count: 6 },
      ],
    });
  });

  test('without an edge in common are refused', () => {
    const targets = [histogram([0, 10], ['5', '+Inf'], 'a'), histogram([0, 10], ['7', '+Inf'], 'b')];
    expect(() => samplesOf(targets, { fromMs: 0, toMs: 10, stepMs: 10 }, LATER_MS, 'ms')).toThrow(NoCommonBucketError);
  });
});

test('the steps of any partition of a range sum to the whole, and no histogram contradicts itself', () => {
  fc.assert(
    fc.property(fc.array(turns, { minLength: 1, maxLength: 3 }), fc.boolean(), cuts, (stories, lazily, edges) => {
      const targets = stories.map((all) => tell(all, lazily).target);
      const sampled = (fromMs: number, toMs: number, stepMs = toMs - fromMs): readonly Sampled[] =>
        samplesOf(targets, { fromMs, toMs, stepMs }, LATER_MS, 's').samples;
      const [first = 0, last = 0] = [edges[0], edges.at(-1)];
      const whole = sumOf(sampled(first, last));
      const parts = edges.slice(1).flatMap((toMs, index) => sampled(edges[index] ?? 0, toMs));
      expect(sumOf(parts)).toEqual(whole);
      expect(sumOf(sampled(first, last, 1700))).toEqual(whole);
      for (const part of parts) {
        if (part === 'no-data') continue;
        expect(part.errors).toBeLessThanOrEqual(part.requests);
        expect(problemOfHistogram(part.latencyHistogram ?? [{ leMs: null, count: 0 }])).toBeNull();
      }
    }),
  );
});

function sumOf(samples: readonly Sampled[]): readonly number[] {
  const sum = [0, 0, 0, 0];
  for (const sample of samples) {
    if (sample === 'no-data') continue;
    const [fast, all] = sample.latencyHistogram ?? [];
    [sample.requests, sample.errors, fast?.count ?? 0, all?.count ?? 0].forEach((value, index) => {
      sum[index] = (sum[index] ?? 0) + value;
    });
  }
  return sum;
}
