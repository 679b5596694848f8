import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import type { Check } from '../../../src/domain/analysis/plan.js';
import type { AnalysisInterval, TrafficSample } from '../../../src/domain/analysis/sample.js';
import { stageVerdict } from '../../../src/domain/analysis/step-by-step.js';
import { intervals, INTERVAL_MS, observed, planOf, repeat, timed, traffic } from './support.js';

const checks: Readonly<Record<string, Check>> = {
  threshold: { kind: 'threshold', metric: 'errorRate', max: 0.05 },
  sequential: { kind: 'sequential', metric: 'errorRate', max: 0.05 },
  baseline: { kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 },
  'threshold on latency': { kind: 'threshold', metric: 'latencyP99', max: 500 },
  'sequential on latency': { kind: 'sequential', metric: 'latencyP99', max: 500 },
  'baseline on latency': { kind: 'baseline', metric: 'latencyP99', maxIncrease: 0.5 },
};

const healthy = timed({ 50: 600, 100: 395, 500: 5, 1000: 0, Infinity: 0 }, 10);

interface Degenerate {
  readonly name: string;
  readonly newest: readonly AnalysisInterval[];
  readonly why: RegExp;
  /** The kinds that look at what is wrong; all of them when left out. */
  readonly only?: RegExp;
  /** Nothing is wrong with it alone. */
  readonly fineAlone?: boolean;
}

const AFTER = 20;
const after = (candidate: TrafficSample, baseline: TrafficSample = healthy, index = AFTER): AnalysisInterval => ({
  startMs: index * INTERVAL_MS,
  endMs: (index + 1) * INTERVAL_MS,
  candidate,
  baseline,
});

const nonsense: readonly Degenerate[] = [
  { name: 'requests that are not a number', newest: [after(traffic(NaN))], why: /no numbers/ },
  { name: 'errors that are not a number', newest: [after(traffic(10, NaN))], why: /no numbers/ },
  { name: 'infinitely many requests', newest: [after(traffic(Infinity))], why: /no numbers/ },
  {
    name: 'more errors than requests',
    newest: [after(traffic(10, 11))],
    why: /more errors \(11\) than requests \(10\)/,
  },
  { name: 'more requests than can be counted', newest: [after(traffic(1e300))], why: /no numbers of requests/ },
  { name: 'less than can be counted', newest: [after(traffic(5e-324, 5e-324))], why: /no numbers of requests/ },
  { name: 'negative counts', newest: [after(traffic(-1))], why: /negative/ },
  { name: 'a counter reset', newest: [after(traffic(-8000, -90))], why: /counter reset/ },
  {
    name: 'a clock that goes backwards',
    newest: [after(healthy, healthy, 3)],
    why: /clock went backwards/,
    fineAlone: true,
  },
  {
    name: 'an interval that ends before it begins',
    newest: [{ ...after(healthy), endMs: 0 }],
    why: /ends before it begins/,
  },
  { name: 'an interval without times', newest: [{ ...after(healthy), startMs: NaN }], why: /no times/ },
  {
    name: 'a nonsensical baseline',
    newest: [after(healthy, traffic(5, 6))],
    why: /the baseline has more errors/,
    only: /^baseline/,
  },
  {
    name: 'latency buckets that fall',
    newest: [
      after({
        ...healthy,
        latencyHistogram: [
          { leMs: 100, count: 5 },
          { leMs: null, count: 4 },
        ],
      }),
    ],
    why: /not cumulative/,
    only: /latency/,
  },
  {
    name: 'latency buckets out of order',
    newest: [
      after({
        ...healthy,
        latencyHistogram: [
          { leMs: 100, count: 5 },
          { leMs: 50, count: 6 },
        ],
      }),
    ],
    why: /do not rise/,
    only: /latency/,
  },
  {
    name: 'an empty latency histogram',
    newest: [after({ ...healthy, latencyHistogram: [] })],
    why: /histogram is empty/,
    only: /latency/,
  },
];

const gaps: readonly Degenerate[] = [
  {
    name: 'a candidate without data',
    newest: repeat(5, 0).map((_, index) => ({
      ...after(healthy, healthy, AFTER + index),
      candidate: 'no-data' as const,
    })),
    why: /the source has no data, 5 intervals in a row/,
  },
  {
    name: 'a baseline without data',
    newest: repeat(5, 0).map((_, index) => ({
      ...after(healthy, healthy, AFTER + index),
      baseline: 'no-data' as const,
    })),
    why: /no data of the baseline/,
    only: /^baseline/,
  },
  {
    name: 'no latency histogram',
    newest: repeat(5, 0).map((_, index) => after(traffic(1000), traffic(1000), AFTER + index)),
    why: /no latency histogram/,
    only: /latency/,
  },
];

describe.each(Object.entries(checks))('a check of kind %s', (kind, check) => {
  const plan = planOf(check);
  const before = intervals(repeat(AFTER, healthy), repeat(AFTER, healthy));

  test('passes on the healthy intervals that the others here spoil', () => {
    expect(analyse(plan, before).final).toBe('successful');
  });

  const mine = [...nonsense, ...gaps].filter(({ only }) => only?.test(kind) !== false);
  test.each(mine.map((one) => [one.name, one] as const))('says error and why after %s [C-14]', (_, { newest, why }) => {
    expect(analyse(plan, [...before, ...newest]).final).toBe('error');
    const { verdict, reason } = stageVerdict(plan, observed(plan, [...before, ...newest]));
    expect(verdict).toBe('error');
    expect(reason).toMatch(why);
  });

  test.each(mine.filter(({ fineAlone }) => fineAlone !== true).map((one) => [one.name, one] as const))(
    'never passes on %s alone [C-14]',
    (_, { newest }) => {
      for (const verdict of analyse(plan, newest).verdicts) expect(verdict).not.toBe('successful');
    },
  );

  test('does not know without any request [C-14]', () => {
    const none = repeat(50, traffic(0));
    expect(analyse(plan, intervals(none, none)).final).toBe('inconclusive');
    expect(analyse(plan, []).final).toBe('inconclusive');
  });

  test('bears a gap and passes again when data is back [C-14]', () => {
    const gap = intervals(['no-data', 'no-data'], ['no-data', 'no-data']).map((interval, index) => ({
      ...interval,
      startMs: (AFTER + index) * INTERVAL_MS,
      endMs: (AFTER + index + 1) * INTERVAL_MS,
    }));
    expect(analyse(plan, [...before, ...gap]).final).toBe('successful');
    expect(analyse(plan, [...before, ...gap, after(healthy, healthy, AFTER + 2)]).final).toBe('successful');
  });

  test('fails when every request is bad and the baseline is well [C-05]', () => {
    const allBad = timed({ 50: 0, 100: 0, 500: 0, 1000: 500, Infinity: 500 }, 1000);
    const all = [...before, ...repeat(5, 0).map((_, index) => after(allBad, healthy, AFTER + index))];
    expect(analyse(plan, all).final).toBe('failed');
  });
});

test('a comparison does not pass when both backends fail every request', () => {
  const allBad = repeat(20, traffic(100, 100));
  const plan = planOf({ kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 });
  expect(analyse(plan, intervals(allBad, allBad)).final).toBe('inconclusive');
});

test('a bound inside a bucket does not pass unless the whole bucket is within it', () => {
  const plan = planOf({ kind: 'sequential', metric: 'latencyP99', max: 300 });
  const unclear = repeat(20, timed({ 100: 950, 500: 50, Infinity: 0 }));
  expect(analyse(plan, intervals(unclear)).final).toBe('inconclusive');
  expect(stageVerdict(plan, observed(plan, intervals(unclear))).reason).toMatch(/the bound lies inside a bucket/);
});
