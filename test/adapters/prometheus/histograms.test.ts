import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelsWithin } from '../../../src/adapters/metrics/prometheus/labels.js';
import type { RawSeries } from '../../../src/adapters/metrics/prometheus/raw-series.js';
import { samplesOf, type Stepped } from '../../../src/adapters/metrics/prometheus/samples.js';
import { targetsIn } from '../../../src/adapters/metrics/prometheus/targets.js';
import { problemOfHistogram } from '../../../src/domain/analysis/histogram.js';
import type { LatencyBucket } from '../../../src/domain/analysis/sample.js';
import { series } from './support.js';

const WITHIN = labelsWithin({ requests: 'hits', errors: 'hits{code="500"}' });

/** Long after everything. */
const LATER_MS = 1_000_000;

/** What a process shows at one scrape: the buckets by their edges as they are written, and the requests. */
interface Shown {
  readonly requests: number;
  readonly buckets: Readonly<Record<string, number>>;
}

/** A scrape every 10 ms, in one step. */
function counted(scrapes: readonly Shown[]): Stepped {
  const samples = (valueOf: (shown: Shown) => number | undefined): [number, number][] =>
    scrapes.flatMap((shown, index): [number, number][] => {
      const value = valueOf(shown);
      return value === undefined ? [] : [[index * 10, value]];
    });
  const requests = [
    series(
      samples((shown) => shown.requests),
      { __name__: 'hits', code: '200' },
    ),
  ];
  const edges = [...new Set(scrapes.flatMap(({ buckets }) => Object.keys(buckets)))];
  const latency = edges.map((le): RawSeries =>
    series(
      samples(({ buckets }) => buckets[le]),
      { __name__: 'seconds_bucket', le },
    ),
  );
  const presence = [
    series(
      scrapes.map((_, index) => [index * 10, 1]),
      { __name__: 'up' },
    ),
  ];
  const targets = targetsIn({ presence, requests, errors: [], latency }, WITHIN);
  const toMs = (scrapes.length - 1) * 10;
  return samplesOf(targets, { fromMs: 0, toMs, stepMs: toMs }, LATER_MS, 's');
}

function sampleOf(scrapes: readonly Shown[]) {
  const [sample = 'no-data'] = counted(scrapes).samples;
  return sample === 'no-data' ? expect.fail('it was scraped') : sample;
}

function histogramOf(scrapes: readonly Shown[]): readonly LatencyBucket[] {
  return sampleOf(scrapes).latencyHistogram ?? expect.fail('a histogram');
}

describe('the buckets of a histogram', () => {
  test('that are read while they count wait for the next scrape, and have not restarted [W23]', () => {
    const before = { requests: 1_000_000, buckets: { '0.5': 980_000, '1': 999_000, '+Inf': 1_000_000 } };
    const torn = { requests: 1_000_010, buckets: { '0.5': 980_011, '1': 999_010, '+Inf': 1_000_010 } };
    const after = { requests: 1_000_020, buckets: { '0.5': 980_020, '1': 999_020, '+Inf': 1_000_020 } };
    const fast = (count: number) => [500, 1000, null].map((leMs) => ({ leMs, count }));
    expect(sampleOf([before, torn])).toEqual({ requests: 10, errors: 0, latencyHistogram: fast(10) });
    expect(sampleOf([before, torn, after])).toEqual({ requests: 20, errors: 0, latencyHistogram: fast(20) });
  });

  test.each(['1.0', '1e0', '1e+00', '01', '1.0000000000000002'])(
    'are one counter when an edge is written %s in mid-stage [W23]',
    (le) => {
      const before = { requests: 21_696, buckets: { '0.5': 20_000, '1': 20_500, '2.5': 21_600, '+Inf': 21_696 } };
      const after = { requests: 21_796, buckets: { '0.5': 20_100, [le]: 20_600, '2.5': 21_700, '+Inf': 21_796 } };
      expect(sampleOf([before, after])).toEqual({
        requests: 100,
        errors: 0,
        latencyHistogram: [500, 1000, 2500, null].map((leMs) => ({ leMs, count: 100 })),
      });
    },
  );

  test.each(['inf', 'Inf', '+inf', '+Infinity'])('are one counter when +Inf is written %s in mid-stage [W23]', (le) => {
    const before = { requests: 21_696, buckets: { '1': 20_500, '+Inf': 21_696 } };
    const after = { requests: 21_796, buckets: { '1': 20_600, [le]: 21_796 } };
    expect(histogramOf([before, after])).toEqual([1000, null].map((leMs) => ({ leMs, count: 100 })));
  });

  test('count from 0 together where one went down, also those that have passed what they had [W23]', () => {
    const before = { requests: 25, buckets: { '0.5': 10, '+Inf': 25 } };
    const after = { requests: 20, buckets: { '0.5': 15, '+Inf': 20 } };
    expect(histogramOf([before, after])).toEqual([
      { leMs: 500, count: 15 },
      { leMs: null, count: 20 },
    ]);
  });

  test('that contradict each other by more than a moment are left out of that scrape, and said to be [W23]', () => {
    const before = { requests: 1000, buckets: { '0.5': 900, '1': 950, '+Inf': 1000 } };
    const wrong = { requests: 1100, buckets: { '0.5': 990, '1': 951, '+Inf': 1100 } };
    const after = { requests: 1150, buckets: { '0.5': 1040, '1': 1001, '+Inf': 1150 } };
    expect(counted([before, wrong, after]).contradictions).toMatchObject([{ atMs: 10 }]);
    expect(histogramOf([before, wrong, after])).toEqual([500, 1000, null].map((leMs) => ({ leMs, count: 50 })));
  });

  test('that come in mid-stage do not bring what they counted before [W23]', () => {
    const before = { requests: 1000, buckets: { '0.5': 900, '+Inf': 1000 } };
    const after = { requests: 1100, buckets: { '0.5': 1000, '1': 1040, '+Inf': 1100 } };
    expect(histogramOf([before, after]).map(({ count }) => count)).toEqual([0, 0, 0]);
    expect(counted([before, after]).contradictions).toHaveLength(1);
  });
});

/** What a process did before a scrape, and how it was read. */
const turn = fc.record({
  fast: fc.nat(40),
  medium: fc.nat(10),
  slow: fc.nat(5),
  /** So many of the fast ones are in their bucket and not yet in the larger ones. */
  torn: fc.nat(2),
  respelled: fc.boolean(),
  restarted: fc.nat(11).map((chance) => chance === 0),
});

const LAST_TURN = { fast: 0, medium: 0, slow: 0, torn: 0, respelled: false, restarted: false };

test('whatever a histogram goes through, no request is counted that was not, or as slower than it was [W23]', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 25 }), (turns) => {
      let counts = { fast: 20_000, medium: 1000, slow: 600 };
      const truth = { fast: 0, all: 0 };
      const at = (torn: number, respelled: boolean): Shown => {
        const all = counts.fast + counts.medium + counts.slow;
        const edge = respelled ? '1.0' : '1';
        return {
          requests: all,
          buckets: { '0.5': counts.fast + torn, [edge]: counts.fast + counts.medium, '+Inf': all },
        };
      };
      const scrapes = [at(0, false)];
      let early = 0;
      // The last scrape waits until nothing is under way.
      for (const one of [...turns, LAST_TURN]) {
        if (one.restarted) [counts, early] = [{ fast: 0, medium: 0, slow: 0 }, 0];
        counts = {
          fast: counts.fast + early + one.fast,
          medium: counts.medium + one.medium,
          slow: counts.slow + one.slow,
        };
        truth.fast += early + one.fast;
        truth.all += early + one.fast + one.medium + one.slow;
        early = one.torn;
        scrapes.push(at(one.torn, one.respelled));
      }
      const told = histogramOf(scrapes);
      const [fast = 0, , all = 0] = told.map(({ count }) => count);
      expect(problemOfHistogram(told)).toBeNull();
      expect(all).toBeLessThanOrEqual(truth.all);
      // Nobody is slow who was not: what is unknown is left out, and what is early waits.
      expect(all - fast).toBeLessThanOrEqual(truth.all - truth.fast);
      if (turns.every(({ restarted }) => !restarted)) expect({ fast, all }).toEqual(truth);
    }),
  );
});
