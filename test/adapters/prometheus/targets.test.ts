import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelsWithin } from '../../../src/adapters/metrics/prometheus/labels.js';
import type { RawAnswer, RawSeries } from '../../../src/adapters/metrics/prometheus/raw-series.js';
import { samplesOf } from '../../../src/adapters/metrics/prometheus/samples.js';
import { TEMPLATES } from '../../../src/adapters/metrics/prometheus/selectors.js';
import { targetsIn } from '../../../src/adapters/metrics/prometheus/targets.js';
import { series } from './support.js';

/** Long after everything. */
const LATER_MS = 1_000_000;

const WITHIN = labelsWithin({
  requests: 'hits{slot="{{backend}}"}',
  errors: 'hits{slot="{{backend}}",code=~"5.."}',
});

type Labels = Readonly<Record<string, string>>;

const counter = (samples: readonly (readonly [number, number])[], labels: Labels = {}): RawSeries =>
  series(samples, { __name__: 'hits', code: '200', ...labels });

/** That it was there at these times. */
const present = (times: readonly number[], labels: Labels = {}): RawSeries =>
  series(
    times.map((atMs) => [atMs, 1]),
    { __name__: 'up', ...labels },
  );

/** What all of it comes to, in steps of 10 after 0. */
function requestsIn(answer: Partial<RawAnswer>, toMs: number): readonly unknown[] {
  const { requests = [], presence = requests, errors = [], latency = [] } = answer;
  const targets = targetsIn({ presence, requests, errors, latency }, WITHIN);
  const { samples } = samplesOf(targets, { fromMs: 0, toMs, stepMs: 10 }, LATER_MS, null);
  return samples.map((sample) => (sample === 'no-data' ? sample : sample.requests));
}

const OLD: readonly (readonly [number, number])[] = [
  [0, 100],
  [10, 110],
];
const NEW: readonly (readonly [number, number])[] = [
  [20, 5000],
  [30, 5007],
];

describe('a process that comes in the place of another, at the same job and instance', () => {
  test('starts from its first scrape when its presence says that it is another', () => {
    const presence = [present([0, 10], { epoch: '0' }), present([20, 30], { epoch: '1' })];
    const requests = [counter(OLD, { epoch: '0' }), counter(NEW, { epoch: '1' })];
    expect(requestsIn({ presence, requests }, 30)).toEqual([10, 0, 7]);
  });

  test('starts from its first scrape also when only its counters are named otherwise, and the old ones are gone', () => {
    const requests = [counter(OLD, { pid: '7' }), counter(NEW, { pid: '8' })];
    expect(requestsIn({ presence: [present([0, 10, 20, 30])], requests }, 30)).toEqual([10, 0, 7]);
    expect(requestsIn({ requests }, 30)).toEqual([10, 0, 7]);
  });

  test('counts from 0 when it is named the same: what it shows was counted since', () => {
    const presence = [present([0, 10, 20, 30, 40])];
    const restarted: [number, number][] = [
      [0, 100],
      [10, 110],
      [20, 3],
      [30, 4],
      [40, 4],
    ];
    const lazily: [number, number][] = [
      [0, 20],
      [10, 20],
      [40, 25],
    ];
    const requests = [counter(restarted), counter(lazily, { code: '500' }), counter([[30, 2]], { code: '404' })];
    expect(requestsIn({ presence, requests }, 40)).toEqual([10, 3, 3, 25]);
  });

  test('and takes turns with it is compared with its own scrapes alone', () => {
    const one: [number, number][] = [
      [0, 100],
      [20, 106],
      [40, 109],
    ];
    const other: [number, number][] = [
      [10, 9000],
      [30, 9002],
      [50, 4],
    ];
    const requests = [counter(one, { pid: '7' }), counter(other, { pid: '8' })];
    const expected = [0, 6, 2, 3, 4];
    expect(requestsIn({ presence: [present([0, 10, 20, 30, 40, 50])], requests }, 50)).toEqual(expected);
    expect(requestsIn({ requests }, 50)).toEqual(expected);
  });

  test('starts from its first scrape with its latencies as well', () => {
    const histogram = (samples: readonly (readonly [number, number])[], pid: string): RawSeries[] =>
      ['0.1', '+Inf'].map((le) => series(samples, { __name__: 'seconds_bucket', le, pid }));
    const latency = [...histogram(OLD, '7'), ...histogram(NEW, '8')];
    const requests = [counter(OLD, { pid: '7' }), counter(NEW, { pid: '8' })];
    const targets = targetsIn({ presence: [present([0, 10, 20, 30])], requests, errors: [], latency }, WITHIN);
    const [sample] = samplesOf(targets, { fromMs: 0, toMs: 30, stepMs: 30 }, LATER_MS, 's').samples;
    expect(sample).toEqual({
      requests: 17,
      errors: 0,
      latencyHistogram: [
        { leMs: 100, count: 17 },
        { leMs: null, count: 17 },
      ],
    });
  });
});

test('processes that are scraped in turn as one job and instance are counted each by its own scrapes', () => {
  const pods = { a: [0, 10, 20, 30], b: [5, 15, 25] };
  const told = Object.entries(pods).map(([pod, times], index) => ({
    presence: present(times, { pod }),
    requests: counter(
      times.map((atMs, scrape) => [atMs, 1000 * (index + 1) + scrape * (index + 2)]),
      { pod },
    ),
  }));
  const requests = told.map((pod) => pod.requests);
  expect(requestsIn({ presence: told.map(({ presence }) => presence), requests }, 30)).toEqual([2, 5, 5]);
  expect(requestsIn({ requests }, 30)).toEqual([2, 5, 5]);
});

describe('a series that was not there before', () => {
  const steady: [number, number][] = [
    [0, 100],
    [10, 110],
    [20, 120],
  ];

  test('counts from 0 when its process was scraped without it', () => {
    const requests = [counter(steady), counter([[20, 4]], { path: '/new' })];
    expect(requestsIn({ presence: [present([0, 10, 20])], requests }, 20)).toEqual([10, 14]);
    expect(requestsIn({ presence: [present([0, 10, 20])], requests: [counter([[20, 4]])] }, 20)).toEqual([0, 4]);
  });

  test('counts from 0 without a presence series when only the outcome is new, and else is a place to start from', () => {
    expect(requestsIn({ requests: [counter(steady), counter([[20, 4]], { code: '500' })] }, 20)).toEqual([10, 14]);
    expect(requestsIn({ requests: [counter(steady), counter([[20, 4]], { path: '/new' })] }, 20)).toEqual([10, 10]);
  });

  test('is a place to start from when it may be of several processes', () => {
    const presence = [present([0, 10, 20], { pod: 'a' }), present([0, 10, 20], { pod: 'b' })];
    const requests = [
      counter([
        [10, 400],
        [20, 404],
      ]),
    ];
    expect(requestsIn({ presence, requests }, 20)).toEqual([0, 4]);
  });

  test('that was scraped after the question for the presence series is left for the next one', () => {
    const requests = [counter([...steady, [30, 190]])];
    expect(requestsIn({ presence: [present([0, 10, 20])], requests }, 30)).toEqual([10, 10, 'no-data']);
  });
});

test('the labels that one process tells its series apart by are those that errors ask for besides', () => {
  expect([...WITHIN]).toEqual(['__name__', 'le', 'code']);
  expect([...labelsWithin(TEMPLATES.envoy)]).toEqual(['__name__', 'le', 'envoy_response_code_class']);
  const tricky = { requests: 'hits{a="x=\\"y\\""}', errors: 'hits{a="x=\\"y\\"", kind!~\'ok|b="c"\'}' };
  expect([...labelsWithin({ ...TEMPLATES.haproxy, unanswered: 'r{proxy="{{backend}}",reason="gone"}' })]).toContain(
    'reason',
  );
  expect([...labelsWithin(tricky)]).toEqual(['__name__', 'le', 'kind']);
});

test('whoever answers at an address, nothing is counted that was counted before it was seen', () => {
  const turn = fc.record({ who: fc.nat(2), gained: fc.array(fc.nat(50), { minLength: 3, maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(turn, { minLength: 2, maxLength: 25 }), fc.boolean(), (turns, withPresence) => {
      const totals = [1000, 20_000, 0];
      const shown: [number, number][][] = [[], [], []];
      turns.forEach(({ who, gained }, index) => {
        gained.forEach((count, process) => (totals[process] = (totals[process] ?? 0) + count));
        shown[who]?.push([index * 10, totals[who] ?? 0]);
      });
      const requests = shown.flatMap((samples, pid) =>
        samples.length === 0 ? [] : [counter(samples, { pid: String(pid) })],
      );
      const times = turns.map((_, index) => index * 10);
      const answer = withPresence ? { presence: [present(times)], requests } : { requests };
      const counted = requestsIn(answer, times.at(-1) ?? 0);
      const seen = shown.map((samples) => (samples.at(-1)?.[1] ?? 0) - (samples[0]?.[1] ?? 0));
      expect(counted.reduce<number>((sum, count) => sum + Number(count), 0)).toBe(
        seen.reduce((sum, one) => sum + one, 0),
      );
    }),
  );
});
