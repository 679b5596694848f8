import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import { learnFrom } from '../../../src/domain/analysis/learn.js';
import type { TrafficSample } from '../../../src/domain/analysis/sample.js';
import { stageVerdict } from '../../../src/domain/analysis/step-by-step.js';
import { INTERVAL_MS, intervals, observed, planOf, repeat, timed } from './support.js';

const plan = planOf({ kind: 'sequential', metric: 'latencyP99', max: 500 });
const usual = timed({ 250: 95, 500: 5, 2500: 0, Infinity: 0 });

/** So many requests, and a histogram of so many. */
const apart = (requests: number, counted: number): TrafficSample => ({
  requests,
  errors: 0,
  latencyHistogram: [
    { leMs: 500, count: Math.round(counted * 0.9) },
    { leMs: 2500, count: Math.round(counted * 0.99) },
    { leMs: null, count: counted },
  ],
});

describe('a histogram of more requests than there were', () => {
  test('is unknown and says why, instead of rolling a healthy version back [W23]', () => {
    const all = intervals([...repeat(3, usual), apart(100, 21_796)]);
    expect(analyse(plan, all).verdicts).not.toContain('failed');
    expect(stageVerdict(plan, observed(plan, all))).toMatchObject({
      verdict: 'error',
      reason:
        'latencyP99 cannot be known: the latency histogram counts 21,796 requests where there were 100 (candidate)',
    });
  });

  test('makes nobody fast either: a lifetime of good latencies passes nothing [W23]', () => {
    const [before, after] = [apart(0, 0), { ...usual, requests: 20 }];
    expect(analyse(plan, intervals([before, after])).verdicts).not.toContain('successful');
  });

  test('leaves what it does not concern: errors are known [W23]', () => {
    const errors = planOf({ kind: 'sequential', metric: 'errorRate', max: 0.01 });
    expect(analyse(errors, intervals([usual, apart(100, 21_796)])).final).toBe('successful');
  });

  test('is known again with the next interval [W23]', () => {
    expect(analyse(plan, intervals([usual, apart(100, 21_796), usual])).final).toBe('successful');
  });

  test.each([
    ['read a moment later', [apart(100, 109)]],
    ['of a source that measures latencies later than it counts requests', [apart(100, 40), apart(20, 80)]],
    ['of fewer requests than there were: not all of them are measured', [apart(1000, 600), apart(1000, 600)]],
  ])('is not one %s [W23]', (_, candidates) => {
    const state = observed(plan, intervals(candidates));
    expect(state.checks[0]?.trouble).toBeNull();
  });

  test('is not taken for late latencies of long ago, where only half of the requests are ever measured [W23]', () => {
    const slow: TrafficSample = {
      requests: 100,
      errors: 0,
      latencyHistogram: [
        { leMs: 500, count: 6000 },
        { leMs: 2500, count: 9000 },
        { leMs: null, count: 9000 },
      ],
    };
    const half = timed({ 250: 48, 500: 2, 2500: 0, Infinity: 0 });
    const all = intervals([...repeat(200, { ...half, requests: 100 }), slow]);
    expect(analyse(plan, all).verdicts).not.toContain('failed');
    expect(stageVerdict(plan, observed(plan, all))).toMatchObject({
      verdict: 'error',
      reason:
        'latencyP99 cannot be known: the latency histogram counts 9,000 requests where there were 100 (candidate)',
    });
  });

  test('is none where latencies come every few intervals, for as long as that goes on [W23]', () => {
    const none = { ...timed({ 250: 0, 500: 0, Infinity: 0 }), requests: 100 };
    const five = { ...timed({ 250: 495, 500: 5, Infinity: 0 }), requests: 100 };
    const all = intervals(repeat(6, [none, none, none, none, five]).flat());
    expect(analyse(plan, all).final).toBe('successful');
  });

  test('teaches nothing of the baseline before the rollout either [W23]', () => {
    const compared = planOf({ kind: 'baseline', metric: 'latencyP99', maxIncrease: 0.5 });
    const past = [usual, apart(100, 21_796), usual].map((baseline, index) => ({
      startMs: index * INTERVAL_MS,
      endMs: (index + 1) * INTERVAL_MS,
      baseline,
    }));
    const [learnt] = learnFrom(compared, past).checks;
    const reference = learnt?.engine === 'baseline' ? learnt.reference : null;
    expect(reference?.at(-1)?.count).toBeLessThan(201);
  });
});

describe('a histogram of few of the requests', () => {
  const few = timed({ 250: 48, 500: 2, 2500: 0, Infinity: 0 });
  const kinds = [
    ['sequential', plan],
    ['threshold', planOf({ kind: 'threshold', metric: 'latencyP99', max: 500 })],
  ] as const;

  test.each(kinds)('passes nothing, by a %s check: 50 of 1,000 per interval [W23]', (_, checked) => {
    const all = intervals(repeat(8, { ...few, requests: 1000 }));
    const { verdicts } = analyse(checked, all);
    expect(verdicts).not.toContain('successful');
    expect(verdicts).not.toContain('failed');
    expect(stageVerdict(checked, observed(checked, all))).toMatchObject({
      verdict: 'error',
      reason: expect.stringContaining('latencies are known of only 400 of 8,000 answered requests') as string,
    });
  });

  test('fails nothing either, however slow those few are [W23]', () => {
    const slow = { ...timed({ 250: 0, 500: 0, 2500: 50, Infinity: 0 }), requests: 1000 };
    expect(analyse(plan, intervals(repeat(8, slow))).verdicts).not.toContain('failed');
  });

  test.each(kinds)(
    'takes back what a %s check said when all others are left out, also while nobody comes [W23]',
    (_, checked) => {
      const good = few;
      const leftOut = { ...timed({ 250: 0, 500: 0, 2500: 0, Infinity: 0 }), requests: 50 };
      const idle = { ...leftOut, requests: 0 };
      const all = intervals([...repeat(4, good), ...repeat(30, leftOut), idle]);
      expect(stageVerdict(checked, observed(checked, all))).toMatchObject({
        verdict: 'error',
        reason: 'latencyP99 cannot be known: latencies are known of only 200 of 1,700 answered requests (candidate)',
      });
    },
  );

  test('says something again when more have come: it is about the stage [W23]', () => {
    const none = { ...timed({ 250: 0, 500: 0, 2500: 0, Infinity: 0 }), requests: 100 };
    expect(analyse(plan, intervals([none, ...repeat(3, usual)])).final).toBe('successful');
    const errors = planOf({ kind: 'sequential', metric: 'errorRate', max: 0.01 });
    expect(analyse(errors, intervals(repeat(3, none))).final).toBe('successful');
  });

  test('is unknown for a comparison where it is the baseline that tells few [W23]', () => {
    const compared = planOf({ kind: 'baseline', metric: 'latencyP99', maxIncrease: 0.5 });
    const all = intervals(repeat(20, usual), repeat(20, { ...few, requests: 1000 }));
    expect(stageVerdict(compared, observed(compared, all)).verdict).toBe('error');
  });
});
