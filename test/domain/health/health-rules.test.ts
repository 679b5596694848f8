import { describe, expect, test } from 'vitest';
import { healthPlan } from '../../../src/domain/health/health-fields.js';
import { endpointsOf } from '../../../src/domain/health/health-plan.js';
import { problemsOfHealth } from '../../../src/domain/health/health-rules.js';
import { read } from '../../../src/domain/reading/reader.js';

const PLAN = { endpoints: ['/health'], intervalMs: 30_000, timeoutMs: 2000, successThreshold: 0.95 };

const FULL = {
  ...PLAN,
  endpoints: [
    '/health',
    {
      path: '/deep',
      status: 200,
      contains: 'ok',
      json: { pointer: '/database', equals: true },
      maxLatencyMs: 300,
      successThreshold: 0.5,
    },
  ],
  consecutiveFailures: 2,
  windowProbes: 10,
  knownFromProbes: 5,
  ofBaseline: true,
};

/** What is wrong with a plan as raw JSON: where, and by which rule. */
function wrongWith(change: object): readonly string[] {
  const { value, problems } = read(healthPlan, { ...PLAN, ...change }, 'health');
  const found = [...problems, ...(value === undefined ? [] : problemsOfHealth(value))];
  return found.map(({ rule, path }) => `${rule} ${path}`);
}

const endpoint = (check: object) => ({ endpoints: [{ path: '/deep', ...check }] });

describe('a plan of probes', () => {
  test('is read as it was written, all of it [M-02]', () => {
    expect(read(healthPlan, FULL)).toEqual({ value: FULL, problems: [], unknown: [] });
    expect(problemsOfHealth(PLAN)).toEqual([]);
    expect(wrongWith(FULL)).toEqual([]);
  });

  test.each<[object, string]>([
    [{ endpoints: [] }, 'health.endpoints health.endpoints'],
    [{ endpoints: [17] }, 'input.kind health.endpoints[0]'],
    [endpoint({ path: '' }), 'health.path health.endpoints[0].path'],
    [endpoint({ path: 'http://elsewhere/' }), 'health.path health.endpoints[0].path'],
    [endpoint({ status: 20 }), 'health.status health.endpoints[0].status'],
    [endpoint({ status: 200.5 }), 'health.status health.endpoints[0].status'],
    [endpoint({ contains: '' }), 'health.contains health.endpoints[0].contains'],
    [endpoint({ json: { pointer: 'x', equals: 1 } }), 'health.pointer health.endpoints[0].json.pointer'],
    [endpoint({ json: { pointer: '/x', equals: {} } }), 'input.kind health.endpoints[0].json.equals'],
    [endpoint({ json: { pointer: '/x' } }), 'input.kind health.endpoints[0].json.equals'],
    [endpoint({ maxLatencyMs: 0 }), 'duration.positive health.endpoints[0].maxLatencyMs'],
    [endpoint({ successThreshold: 95 }), 'health.threshold health.endpoints[0].successThreshold'],
    [{ endpoints: ['/deep', { path: '/deep', status: 204 }] }, 'health.twice health.endpoints[1]'],
    [{ windowProbes: 101 }, 'health.window health.windowProbes'],
    [{ windowProbes: 4, knownFromProbes: 5 }, 'health.window health.knownFromProbes'],
    [{ consecutiveFailures: 0 }, 'health.window health.consecutiveFailures'],
    [{ consecutiveFailures: 21 }, 'health.window health.consecutiveFailures'],
    [{ consecutiveFailures: 1.5 }, 'health.window health.consecutiveFailures'],
  ])('%j is refused, by rule and place', (change, wrong) => {
    expect(wrongWith(change)).toEqual([wrong]);
  });

  test('may name a path twice, which is one endpoint [W24]', () => {
    const twice = { ...PLAN, endpoints: ['/b', '/a', '/b'] };
    expect(problemsOfHealth(twice)).toEqual([]);
    expect(endpointsOf(twice)).toEqual(['/b', '/a']);
  });
});
