import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LATENCY_BOUNDS_MS } from '../../../src/gateway/defaults.js';
import { HISTORY_INTERVALS, LATENCY_EDGES_MS } from '../../../src/domain/simulation/defaults.js';
import { bucketChances } from '../../../src/domain/simulation/latency.js';
import type { TrafficModel } from '../../../src/domain/simulation/traffic-model.js';
import { TrafficSource } from '../../../src/domain/simulation/traffic-source.js';
import { MINUTE_MS, modelOf, version } from './support.js';

const HOUR = { fromMs: 0, toMs: 60 * MINUTE_MS };

function sourceOf(model: TrafficModel, run = 0, seed = 1): TrafficSource {
  return new TrafficSource(model, seed, run, 10_000, HOUR);
}

/** The candidate's share of failures in [from, to) over many runs. */
function errorRate(model: TrafficModel, fromMs: number, toMs: number, who: 'candidate' | 'baseline' = 'candidate') {
  let requests = 0;
  let errors = 0;
  for (let run = 0; run < 40; run += 1) {
    const sample = sourceOf(model, run).sample(fromMs, toMs, 50)[who];
    requests += sample.requests;
    errors += sample.errors;
  }
  return errors / requests;
}

describe('synthetic traffic', () => {
  test('is the same for the same seed and run, and other traffic for another', () => {
    const at = (seed: number, run: number) => sourceOf(modelOf(), run, seed).sample(0, MINUTE_MS, 25);
    expect(at(1, 0)).toEqual(at(1, 0));
    expect(at(1, 0)).not.toEqual(at(1, 1));
    expect(at(1, 0)).not.toEqual(at(2, 0));
  });

  test('is the same for everybody, in whatever whole pieces it is asked for', () => {
    const model = modelOf({ dispersion: 3, shocks: { everyMs: 300_000, lastMs: 60_000, errorRate: 0.3 } });
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        (from, first, second) => {
          const source = sourceOf(model);
          const fromMs = from * 10_000;
          const middleMs = fromMs + first * 10_000;
          const toMs = middleMs + second * 10_000;
          const whole = source.sample(fromMs, toMs, 20);
          const halves = [source.sample(fromMs, middleMs, 20), source.sample(middleMs, toMs, 20)];
          for (const who of ['candidate', 'baseline'] as const) {
            const sum = (key: 'requests' | 'errors') => halves.reduce((all, half) => all + half[who][key], 0);
            expect(whole[who].requests).toBe(sum('requests'));
            expect(whole[who].errors).toBe(sum('errors'));
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test('is shared out by the share, and adds up to the rate', () => {
    const { candidate, baseline } = sourceOf(modelOf({ requestsPerSecond: 1000 })).sample(0, 10 * MINUTE_MS, 20);
    expect((candidate.requests + baseline.requests) / 600_000).toBeCloseTo(1, 1);
    expect(candidate.requests / (candidate.requests + baseline.requests)).toBeCloseTo(0.2, 2);
  });

  test('counts that cannot be do not come', () => {
    const share = fc.double({ min: 0, max: 100, noNaN: true });
    const rate = fc.double({ min: 0, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(share, rate, fc.double({ min: 1, max: 16, noNaN: true }), fc.nat(), (percent, p, dispersion, run) => {
        const model = modelOf({ candidate: version(p), dispersion });
        const { candidate, baseline } = sourceOf(model, run).sample(0, MINUTE_MS, percent);
        for (const { requests, errors, latencyHistogram = [] } of [candidate, baseline]) {
          expect(errors).toBeGreaterThanOrEqual(0);
          expect(errors).toBeLessThanOrEqual(requests);
          expect(latencyHistogram.at(-1)).toEqual({ leMs: null, count: requests });
          for (const [index, { count }] of latencyHistogram.entries())
            expect(count).toBeGreaterThanOrEqual(latencyHistogram[index - 1]?.count ?? 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('goes bad at the moment it is told to, at once or along a line; the baseline does not', () => {
    const to = version(0.2);
    const atOnce = modelOf({ degradation: { atMs: 90_000, overMs: 0, to } });
    expect(errorRate(atOnce, 0, 90_000)).toBeLessThan(0.01);
    expect(errorRate(atOnce, 90_000, 180_000)).toBeCloseTo(0.2, 1);
    expect(errorRate(atOnce, 90_000, 180_000, 'baseline')).toBeLessThan(0.01);
    const slowly = modelOf({ degradation: { atMs: 0, overMs: 10 * MINUTE_MS, to } });
    expect(errorRate(slowly, 4 * MINUTE_MS, 6 * MINUTE_MS)).toBeCloseTo(0.1, 1);
  });

  test('shocks hit both versions, for as long and about as often as they are told to', () => {
    const model = modelOf({ shocks: { everyMs: 10 * MINUTE_MS, lastMs: MINUTE_MS, errorRate: 0.5 } });
    const expected = 0.5 / 11;
    for (const who of ['candidate', 'baseline'] as const) {
      const found = errorRate(model, 0, HOUR.toMs, who);
      expect(found).toBeGreaterThan(expected * 0.6);
      expect(found).toBeLessThan(expected * 1.6);
    }
  });

  test('half of the requests are below the median and 1 % above p99', () => {
    const model = modelOf({
      requestsPerSecond: 2000,
      candidate: { errorRate: 0, latency: { medianMs: 100, p99Ms: 400 } },
    });
    const { requests, latencyHistogram = [] } = sourceOf(model).sample(0, MINUTE_MS, 50).candidate;
    const shareUpTo = (ms: number) => (latencyHistogram.find(({ leMs }) => leMs === ms)?.count ?? 0) / requests;
    expect(shareUpTo(100)).toBeCloseTo(0.5, 1);
    expect(1 - shareUpTo(400)).toBeGreaterThan(0.006);
    expect(1 - shareUpTo(400)).toBeLessThan(0.014);
  });
});

test('latency buckets are those of the embedded gateway', () => {
  expect(LATENCY_EDGES_MS).toEqual(LATENCY_BOUNDS_MS);
});

test('all requests of one length fall into its bucket', () => {
  const chances = bucketChances({ medianMs: 60, p99Ms: 60 });
  expect(chances[LATENCY_EDGES_MS.indexOf(75)]).toBe(1);
  expect(chances[LATENCY_EDGES_MS.indexOf(50)]).toBe(0);
});

test('as much of the past is known as the preflight asks for', () => {
  expect(HISTORY_INTERVALS).toBe(120);
});
