import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import { breachOf, picturesOf, stageVerdict } from '../../../src/domain/analysis/step-by-step.js';
import type { ThresholdCheck } from '../../../src/domain/analysis/plan.js';
import { intervals, INTERVAL_MS, observed, planOf, repeat, timed, traffic } from './support.js';

function errors(limits: Partial<ThresholdCheck> = {}): ThresholdCheck {
  return { kind: 'threshold', metric: 'errorRate', max: 0.05, ...limits };
}

describe('a fixed threshold', () => {
  test('fails with the first measurement beyond its bound [C-05]', () => {
    const samples = [traffic(100, 1), traffic(100, 6), traffic(100, 0)];
    expect(analyse(planOf(errors()), intervals(samples))).toEqual({
      verdicts: ['successful', 'failed', 'failed'],
      final: 'failed',
      decidedAtInterval: 1,
    });
  });

  test('takes a value that equals its bound for within it [C-02]', () => {
    expect(analyse(planOf(errors()), intervals([traffic(100, 5)])).final).toBe('successful');
    const success = { kind: 'threshold', metric: 'successRate', min: 0.9 } as const;
    expect(analyse(planOf(success), intervals([traffic(100, 10)])).final).toBe('successful');
    expect(analyse(planOf(success), intervals([traffic(100, 11)])).final).toBe('failed');
  });

  test('says the same of an error rate and of its success rate [C-02]', () => {
    const success = { kind: 'threshold', metric: 'successRate', min: 0.95 } as const;
    for (const bad of [0, 4, 5, 6, 50, 100]) {
      const samples = intervals([traffic(100, bad)]);
      expect(analyse(planOf(success), samples).final).toBe(analyse(planOf(errors()), samples).final);
    }
  });

  test('bears as many failures as its limit, and fails with one more [C-04]', () => {
    const plan = planOf(errors({ failureLimit: 2 }));
    const bad = traffic(100, 50);
    expect(analyse(plan, intervals([bad, bad, traffic(100)])).verdicts).toEqual([
      'inconclusive',
      'inconclusive',
      'successful',
    ]);
    expect(analyse(plan, intervals([bad, traffic(100), bad, traffic(100), bad])).decidedAtInterval).toBe(4);
  });

  test('counts failures in a row where it is told to [M-03]', () => {
    const plan = planOf(errors({ consecutiveFailureLimit: 2 }));
    const bad = traffic(100, 50);
    const never = repeat(10, [bad, bad, traffic(100)]).flat();
    expect(analyse(plan, intervals(never)).final).toBe('successful');
    expect(analyse(plan, intervals([bad, bad, bad])).decidedAtInterval).toBe(2);
  });

  test('is over after its count, and stays what it was then [C-04]', () => {
    const plan = planOf(errors({ count: 3 }));
    expect(analyse(plan, intervals([...repeat(3, traffic(10)), traffic(100, 100)])).verdicts).toEqual([
      'inconclusive',
      'inconclusive',
      'successful',
      'successful',
    ]);
  });

  test('goes on past its count until its newest measurement is a good one [C-04]', () => {
    const bad = traffic(100, 100);
    for (const limits of [{ failureLimit: 5 }, { failureLimit: 4, consecutiveFailureLimit: 10 }]) {
      const plan = planOf(errors({ count: 5, ...limits }));
      const allBad = analyse(plan, intervals(repeat(6, bad)));
      expect([allBad.verdicts.includes('successful'), allBad.final]).toEqual([false, 'failed']);
    }
    const plan = planOf(errors({ count: 3, failureLimit: 2 }));
    const { verdicts } = analyse(plan, intervals([traffic(100), traffic(100), bad, traffic(10), bad]));
    expect(verdicts).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'successful', 'successful']);
    const waiting = stageVerdict(plan, observed(plan, intervals([traffic(100), traffic(100), bad])));
    expect(waiting).toMatchObject({
      reason: 'errorRate 100 % at last, max 5 %: 1 failed and 0 inconclusive of 3',
      missing: ['errorRate needs a good measurement'],
    });
  });

  test('does not pass with its count where nothing could be measured for certain [C-14]', () => {
    const plan = planOf({ kind: 'threshold', metric: 'latencyP99', max: 500, count: 3, inconclusiveLimit: 3 });
    const unclear = timed({ 400: 950, 1000: 50, Infinity: 0 });
    expect(analyse(plan, intervals(repeat(5, unclear))).verdicts).not.toContain('successful');
  });

  test('succeeds with its successes in a row, however few requests there were [C-04]', () => {
    const plan = planOf(errors({ consecutiveSuccessLimit: 2, failureLimit: -1 }));
    const { verdicts } = analyse(plan, intervals([traffic(10), traffic(10, 10), traffic(10), traffic(10)]));
    expect(verdicts).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'successful']);
  });

  test('gathers intervals until a measurement has its requests [C-04]', () => {
    const plan = planOf(errors({ minRequests: 50 }));
    const { verdicts } = analyse(plan, intervals([traffic(20, 5), traffic(20), traffic(20), traffic(20, 20)]));
    // 5 of 60 is beyond 5 %; 5 of 20 alone was no measurement.
    expect(verdicts).toEqual(['inconclusive', 'inconclusive', 'failed', 'failed']);
  });

  test('looks back over its window with every interval', () => {
    const plan = planOf(
      errors({ max: 0.04, windowMs: 3 * INTERVAL_MS, failureLimit: -1, consecutiveSuccessLimit: 99 }),
    );
    const samples = [traffic(100), traffic(100, 9), traffic(100), traffic(100), traffic(100)];
    const recent = picturesOf(plan, observed(plan, intervals(samples)))[0]?.recent;
    expect(recent).toEqual([0, 9 / 200, 9 / 300, 9 / 300, 0]);
  });

  test('keeps a long window in few parts', () => {
    const plan = planOf(errors({ windowMs: 600 * INTERVAL_MS }));
    const state = observed(plan, intervals(repeat(2000, traffic(1))));
    const [check] = state.checks;
    const window = check?.engine === 'threshold' ? check.window : [];
    expect(window.length).toBeLessThanOrEqual(61);
    const requests = window.reduce((sum, part) => sum + part.candidate.requests, 0);
    expect(requests).toBeGreaterThan(580);
    expect(requests).toBeLessThanOrEqual(600);
  });
});

describe('a stage', () => {
  test('needs 100 requests before a threshold passes, and says how many are missing [C-04]', () => {
    const plan = planOf(errors());
    const { verdict, reason, missing } = stageVerdict(plan, observed(plan, intervals([traffic(40)])));
    expect(verdict).toBe('inconclusive');
    expect(reason).toBe('errorRate needs about 60 more requests (15 s at the present rate)');
    expect(missing).toEqual([reason]);
  });

  test('passes with its numbers when nothing is missing [C-04]', () => {
    const plan = planOf(errors());
    expect(stageVerdict(plan, observed(plan, intervals([traffic(4000, 12), traffic(4214, 13)])))).toEqual({
      verdict: 'successful',
      reason: 'errorRate 0.304 % within max 5 % in 8,214 requests',
      missing: [],
      proven: false,
    });
  });

  test('without any check is successful and says so', () => {
    expect(stageVerdict(planOf(), observed(planOf(), []))).toEqual({
      verdict: 'successful',
      reason: 'no checks',
      missing: [],
      proven: false,
    });
    expect(analyse(planOf(), intervals([traffic(5, 5)])).final).toBe('successful');
  });

  test('says which check failed, with value, bound and counts [C-05]', () => {
    const plan = planOf(errors(), { kind: 'threshold', metric: 'latencyP99', max: 500 });
    const state = observed(plan, intervals([timed({ 100: 1000, 500: 851, Infinity: 0 }, 170)]));
    expect(stageVerdict(plan, state).reason).toBe('errorRate 9.18 % > max 5 % (170 errors in 1,851 requests)');
  });
});

describe('a latency', () => {
  const p99 = planOf({ kind: 'threshold', metric: 'latencyP99', max: 500 });

  test('is judged as a share of requests that are slower [C-02]', () => {
    expect(analyse(p99, intervals([timed({ 500: 990, 1000: 10, Infinity: 0 })])).final).toBe('successful');
    expect(analyse(p99, intervals([timed({ 500: 989, 1000: 11, Infinity: 0 })])).final).toBe('failed');
  });

  test('whose bound lies inside a bucket is decided only where every shape of the bucket agrees [C-14]', () => {
    const few = timed({ 400: 995, 1000: 5, Infinity: 0 });
    const unclear = timed({ 400: 950, 1000: 50, Infinity: 0 });
    const slow = timed({ 400: 950, 1000: 0, Infinity: 50 });
    expect(analyse(p99, intervals([few])).final).toBe('successful');
    expect(analyse(p99, intervals([unclear])).final).toBe('inconclusive');
    expect(analyse(p99, intervals([slow])).final).toBe('failed');
  });

  test('of a source without histograms is unknown, with the reason [C-14]', () => {
    const { reason } = stageVerdict(p99, observed(p99, intervals(repeat(5, traffic(1000)))));
    expect(reason).toBe('latencyP99 cannot be known: the source gives no latency histogram, 5 intervals in a row');
  });
});

describe('a request rate', () => {
  test('is measured over the time that the requests took to come [C-02]', () => {
    const plan = planOf({ kind: 'threshold', metric: 'requestRate', min: 5, max: 20 });
    expect(analyse(plan, intervals([traffic(100)])).final).toBe('successful');
    expect(analyse(plan, intervals([traffic(201)])).final).toBe('failed');
    expect(analyse(plan, intervals([traffic(0), traffic(0), traffic(100)])).final).toBe('failed');
  });
});

describe('a named value', () => {
  const queue = planOf({ kind: 'custom', name: 'queue', max: 1000, failureLimit: 1 });
  const at = (values: readonly (number | undefined)[]) =>
    intervals(repeat(values.length, traffic(10))).map((interval, index) => {
      const value = values[index];
      return value === undefined ? interval : { ...interval, scalars: { queue: value } };
    });

  test('passes and fails by its bounds [C-02]', () => {
    expect(analyse(queue, at([10, 2000, 20])).verdicts).toEqual(['successful', 'inconclusive', 'successful']);
    expect(analyse(queue, at([2000, 2000])).final).toBe('failed');
    const state = observed(queue, at([2000, 3000]));
    expect(breachOf(queue, state)?.checks[0]?.reason).toBe('queue 3,000 > max 1,000; failed (2) > failureLimit (1)');
  });

  test('that is missing is unknown; that is missing for long is an error until it is back [C-14]', () => {
    const missing = repeat(5, undefined);
    expect(analyse(queue, at([undefined])).final).toBe('inconclusive');
    expect(analyse(queue, at([10, ...missing])).final).toBe('error');
    expect(analyse(queue, at([10, ...missing, 10])).final).toBe('successful');
  });

  test('that is infinite fails where it is beyond a bound and never passes', () => {
    expect(analyse(planOf({ kind: 'custom', name: 'queue', max: 1000 }), at([Infinity])).final).toBe('failed');
    expect(analyse(planOf({ kind: 'custom', name: 'queue', min: 5 }), at([Infinity])).final).toBe('inconclusive');
  });
});

describe('a breach', () => {
  test('that the baseline shares in the same window is told apart [C-05]', () => {
    const plan = planOf(errors({ minRequests: 20 }));
    const bad = traffic(100, 30);
    const shared = (baseline: ReturnType<typeof traffic>) =>
      breachOf(plan, observed(plan, intervals([bad], [baseline])))?.checks[0]?.sharedWithBaseline;
    expect(shared(traffic(900, 300))).toBe(true);
    expect(shared(traffic(900, 9))).toBe(false);
    // Too few requests for a measurement of its own.
    expect(shared(traffic(10, 10))).toBe(false);
    expect(breachOf(plan, observed(plan, intervals([bad])))?.checks[0]?.sharedWithBaseline).toBe(false);
  });

  test('knows since when it looked bad and when it was decided', () => {
    const plan = planOf(errors({ failureLimit: 1 }));
    const state = observed(plan, intervals([traffic(100), traffic(100, 10), traffic(100, 20)]));
    expect(breachOf(plan, state)).toEqual({
      checks: [
        {
          name: 'errorRate',
          bound: 'max 5 %',
          value: 0.2,
          baselineValue: null,
          sharedWithBaseline: false,
          sinceMs: INTERVAL_MS,
          atMs: 3 * INTERVAL_MS,
          reason: 'errorRate 20 % > max 5 % (20 errors in 100 requests); failed (2) > failureLimit (1)',
        },
      ],
    });
  });

  test('is none while nothing failed', () => {
    expect(breachOf(planOf(errors()), observed(planOf(errors()), intervals([traffic(100)])))).toBeNull();
  });
});
