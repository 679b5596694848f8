import { expect, test } from 'vitest';
import {
  adviceOnBound,
  asksForLatencies,
  boundsBetweenEdges,
  lacksLatencies,
} from '../../../src/domain/analysis/latency-bounds.js';
import type { Check } from '../../../src/domain/analysis/plan.js';

const latency = (max: number): Check => ({ kind: 'sequential', metric: 'latencyP99', max });
const errors: Check = { kind: 'sequential', metric: 'errorRate', max: 0.01 };
const histogram = [100, 250, 500, null].map((leMs) => ({ leMs, count: 1 }));
const sample = { requests: 1, errors: 0, latencyHistogram: histogram };

test('a bound between two edges is named with the nearest one', () => {
  const [found, ...others] = boundsBetweenEdges([errors, latency(300), latency(500)], ['no-data', sample]);
  expect(found).toEqual({ index: 1, metric: 'latencyP99', limit: 'max', boundMs: 300, nearestMs: 250 });
  expect(others).toEqual([]);
  expect(found === undefined ? '' : adviceOnBound(found)).toContain('nearest edge is 250ms');
});

test('without a histogram nothing is said of bounds', () => {
  expect(boundsBetweenEdges([latency(300)], ['no-data', { requests: 5, errors: 0 }])).toEqual([]);
});

test('latencies are lacking where there was traffic without any, not where there was none', () => {
  expect(lacksLatencies(['no-data', { requests: 5, errors: 0 }])).toBe(true);
  expect(lacksLatencies(['no-data', { requests: 0, errors: 0 }])).toBe(false);
  expect(lacksLatencies([sample])).toBe(false);
});

test('only checks on latencies ask for them', () => {
  expect(asksForLatencies([errors])).toBe(false);
  expect(asksForLatencies([errors, { kind: 'baseline', metric: 'latencyP95', maxIncrease: 0.5 }])).toBe(true);
});
