import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sampled } from '../../../src/domain/analysis/sample.js';
import { sumOfBackends, trafficMetrics } from '../../../src/domain/traffic/service-metrics.js';

const STEP_MS = 10_000;

const someSample = fc.record({
  requests: fc.integer({ min: 0, max: 1000 }),
  errors: fc.constant(0),
});
const someSamples = fc.array(fc.oneof(someSample, fc.constant('no-data' as const)), { minLength: 1, maxLength: 20 });

describe('the metrics of a range', () => {
  test('are rates of what is known of it, and say how much that is [M-01]', () => {
    const samples: Sampled[] = ['no-data', { requests: 100, errors: 5 }, { requests: 60, errors: 3 }, 'no-data'];
    expect(trafficMetrics(samples, STEP_MS)).toEqual({
      requestRate: 8,
      requests: 160,
      errors: 8,
      errorRate: 0.05,
      successRate: 0.95,
      coverage: 0.5,
    });
  });

  test('are unknown, every one, where nothing is known: never 0 [M-01]', () => {
    expect(trafficMetrics(['no-data', 'no-data'], STEP_MS)).toEqual({ coverage: 0 });
    expect(trafficMetrics([], STEP_MS)).toEqual({ coverage: 0 });
  });

  test('have no rates of answers that there were not [M-01]', () => {
    const none = { requestRate: 0, requests: 0, errors: 0, coverage: 1 };
    expect(trafficMetrics([{ requests: 0, errors: 0 }], STEP_MS)).toEqual(none);
    const gone = trafficMetrics([{ requests: 7, errors: 0, unanswered: 7 }], STEP_MS);
    expect(gone).toEqual({ requestRate: 0.7, requests: 7, errors: 0, unanswered: 7, coverage: 1 });
  });

  test('have the latencies of all answers, or none [M-01]', () => {
    const counted = {
      requests: 100,
      errors: 0,
      latencyHistogram: [
        { leMs: 10, count: 90 },
        { leMs: 100, count: 100 },
        { leMs: null, count: 100 },
      ],
    };
    const { latencyP50, latencyP95, latencyP99 } = trafficMetrics([counted, counted], STEP_MS);
    expect(latencyP50).toBeCloseTo(5.56, 2);
    expect(latencyP95).toBeCloseTo(55, 6);
    expect(latencyP99).toBeCloseTo(91, 6);
    const uncounted = { requests: 1, errors: 0 };
    expect(trafficMetrics([counted, uncounted], STEP_MS)).not.toHaveProperty('latencyP50');
    const withoutEdges = { ...counted, latencyHistogram: [{ leMs: null, count: 100 }] };
    expect(trafficMetrics([withoutEdges], STEP_MS)).not.toHaveProperty('latencyP50');
  });

  test('tell how many users there were at its end, where that is counted [M-01]', () => {
    const samples = [5, 9].map((activeUsers) => ({ requests: 1, errors: 0, activeUsers }));
    expect(trafficMetrics(samples, STEP_MS).activeUsers).toBe(9);
  });

  test('of a whole service are those of its backends together, in the steps in which all are known [M-01]', () => {
    fc.assert(
      fc.property(someSamples, someSamples, (blue, green) => {
        const steps = Math.min(blue.length, green.length);
        const whole = sumOfBackends([blue.slice(0, steps), green.slice(0, steps)]);
        expect(whole).toHaveLength(steps);
        whole.forEach((sample, step) => {
          const [one = 'no-data', other = 'no-data'] = [blue[step], green[step]];
          const isKnown = one !== 'no-data' && other !== 'no-data';
          if (sample === 'no-data') expect(isKnown).toBe(false);
          else expect(sample.requests).toBe(isKnown ? one.requests + other.requests : NaN);
        });
      }),
    );
  });

  test('of a service count users and latencies only where each backend does [M-01]', () => {
    const counted = { requests: 1, errors: 0, activeUsers: 3 };
    expect(sumOfBackends([[counted], [{ requests: 2, errors: 1 }]])).toEqual([
      { requests: 3, errors: 1, unanswered: 0 },
    ]);
    expect(sumOfBackends([[counted], [counted]])).toMatchObject([{ activeUsers: 6 }]);
  });
});
