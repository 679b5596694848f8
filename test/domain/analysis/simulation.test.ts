import { describe, expect, test } from 'vitest';
import type { AnalysisPlan } from '../../../src/domain/analysis/plan.js';
import type { LatencyBucket, TrafficSample } from '../../../src/domain/analysis/sample.js';
import { failsAfter } from '../../../bench/lib/fails-after.js';
import { oracleRequests } from '../../../bench/lib/oracle.js';
import { binomial, planOf, seededRandom, traffic } from './support.js';

const LOOKS = 100;
const ALPHA = 0.05;

function shareFailing(times: number, once: () => number | null): number {
  let failing = 0;
  for (let run = 0; run < times; run += 1) if (once() !== null) failing += 1;
  return failing / times;
}

/** Failures that come in clusters of geometric size with mean 2.5: their counts scatter four times as much as by chance. */
function bursts(random: () => number, requests: number, p: number): TrafficSample {
  const mean = 2.5;
  let errors = 0;
  for (let cluster = binomial(random, requests, p / mean); cluster > 0; cluster -= 1) {
    errors += 1;
    while (random() < 1 - 1 / mean) errors += 1;
  }
  return traffic(requests, Math.min(errors, requests));
}

describe('a candidate exactly at its bound, looked at 100 times, is rolled back at most as often as alpha', () => {
  test.each([0.001, 0.01, 0.1])('with a bound of %d [C-04]', (max) => {
    const random = seededRandom(17);
    const plan: AnalysisPlan = { ...planOf({ kind: 'sequential', metric: 'errorRate', max }), dispersion: 1 };
    const share = shareFailing(500, () =>
      failsAfter(plan, LOOKS, () => ({ candidate: traffic(20, binomial(random, 20, max)) })),
    );
    expect(share).toBeLessThanOrEqual(ALPHA);
  });

  test('with failures in bursts and nothing known of them before [C-04]', () => {
    const random = seededRandom(18);
    const plan = planOf({ kind: 'sequential', metric: 'errorRate', max: 0.01 });
    const share = shareFailing(400, () => failsAfter(plan, LOOKS, () => ({ candidate: bursts(random, 100, 0.01) })));
    expect(share).toBeLessThanOrEqual(ALPHA);
  });

  test('with failures in bursts that the baseline has shown before [C-04]', () => {
    const random = seededRandom(19);
    const share = shareFailing(150, () => {
      const fromBaseline = Array.from({ length: 60 }, (_, index) => ({
        startMs: index,
        endMs: index + 1,
        candidate: 'no-data' as const,
        baseline: bursts(random, 100, 0.01),
      }));
      const plan: AnalysisPlan = {
        ...planOf({ kind: 'sequential', metric: 'errorRate', max: 0.01 }),
        dispersion: { fromBaseline },
      };
      return failsAfter(plan, LOOKS, () => ({ candidate: bursts(random, 100, 0.01) }));
    });
    expect(share).toBeLessThanOrEqual(ALPHA);
  });
});

describe('two backends that are alike', () => {
  test('are told apart at most as often as alpha, shocks that hit both included [C-04]', () => {
    const random = seededRandom(20);
    const plan: AnalysisPlan = { ...planOf({ kind: 'baseline', metric: 'errorRate', maxIncrease: 0 }), dispersion: 1 };
    const share = shareFailing(400, () =>
      failsAfter(plan, LOOKS, (index) => {
        const p = index % 20 < 3 ? 0.3 : 0.01;
        return {
          candidate: traffic(20, binomial(random, 20, p)),
          baseline: traffic(80, binomial(random, 80, p)),
        };
      }),
    );
    expect(share).toBeLessThanOrEqual(ALPHA);
  });

  test('in latency are told apart at most as often as alpha, a doubling is found nearly always [C-02]', () => {
    const random = seededRandom(21);
    const plan: AnalysisPlan = {
      ...planOf({ kind: 'baseline', metric: 'latencyP99', maxIncrease: 0.5 }),
      dispersion: 1,
    };
    const run = (factor: number) => () =>
      failsAfter(plan, LOOKS, () => ({
        candidate: latencies(random, 50, 60 * factor),
        baseline: latencies(random, 150, 60),
      }));
    expect(shareFailing(60, run(1))).toBeLessThanOrEqual(ALPHA);
    expect(shareFailing(40, run(2))).toBeGreaterThanOrEqual(0.98);
  });
});

const EDGES_MS = [1, 2.5, 5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2500, 5000, 10_000];

/** Log-normal around `medianMs`, in the buckets of the embedded gateway. */
function latencies(random: () => number, requests: number, medianMs: number): TrafficSample {
  const inBucket = new Array<number>(EDGES_MS.length + 1).fill(0);
  for (let index = 0; index < requests; index += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const ms = medianMs * Math.exp(0.5 * normal);
    const found = EDGES_MS.findIndex((edge) => ms <= edge);
    const bucket = found < 0 ? EDGES_MS.length : found;
    inBucket[bucket] = (inBucket[bucket] ?? 0) + 1;
  }
  let count = 0;
  const latencyHistogram = [...EDGES_MS, null].map((leMs, index): LatencyBucket => {
    count += inBucket[index] ?? 0;
    return { leMs, count };
  });
  return { requests, errors: 0, latencyHistogram };
}

describe('a rate that is a multiple of what is allowed is found', () => {
  const plan: AnalysisPlan = { ...planOf({ kind: 'sequential', metric: 'errorRate', max: 0.01 }), dispersion: 1 };
  const RUNS = 300;

  function meanRequests(random: () => number, p: number, healthyIntervals: number): number {
    let intervals = 0;
    let runs = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const after = failsAfter(plan, 5000, (index) => ({
        candidate: traffic(10, binomial(random, 10, index < healthyIntervals ? 0.003 : p)),
      }));
      if (after === null || after <= healthyIntervals) continue;
      intervals += after - healthyIntervals;
      runs += 1;
    }
    return (10 * intervals) / runs;
  }

  test.each([
    [2, 1.25],
    [3, 1.3],
    [10, 1.3],
  ])('%d times as high: within %d times what an oracle needs [C-05]', (times, factor) => {
    const random = seededRandom(22 + times);
    const oracle = oracleRequests(random, { allowed: 0.01, actual: 0.01 * times, batch: 10, alpha: ALPHA }, 4 * RUNS);
    expect(meanRequests(random, 0.01 * times, 0) / oracle).toBeLessThanOrEqual(factor);
    expect(meanRequests(random, 0.01 * times, 100) / oracle).toBeLessThanOrEqual(3);
  });
});
