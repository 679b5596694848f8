import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HealthPlan } from '../../../src/domain/health/health-plan.js';
import { EMPTY_PROBE_LOG, unhealthyBecause, type ProbeLog } from '../../../src/domain/health/probe-log.js';
import { addRound, unhealthyEndpoints, type ProbeLogs } from '../../../src/domain/health/probe-logs.js';

const ENDPOINTS = ['/health', '/ready', '/live'];

const wanting = (successThreshold: number): HealthPlan => ({
  endpoints: ENDPOINTS,
  intervalMs: 5000,
  timeoutMs: 1000,
  successThreshold,
});

/** One round: of each endpoint whether it was healthy. */
const round = (healthy: readonly boolean[], endpoints = ENDPOINTS) =>
  endpoints.map((endpoint, index) => ({ endpoint, failure: healthy[index] === true ? null : `${endpoint} said 503` }));

const after = (rounds: readonly (readonly boolean[])[], from: ProbeLogs = EMPTY_PROBE_LOG): ProbeLogs =>
  rounds.reduce((logs, healthy) => addRound(logs, round(healthy)), from);

const WELL = [true, true, true];
const LOST = [false, false, false];

/** As an older worker kept them: one log for all endpoints. */
function inOneLog(rounds: readonly (readonly boolean[])[]): ProbeLog {
  return { results: rounds.flat().slice(-20), lastFailure: 'an answer of old' };
}

describe('probes of several endpoints', () => {
  test('that all fail in one lost round are one failure each, and nothing is unhealthy [W24]', () => {
    const logs = after([...Array.from({ length: 20 }, () => WELL), LOST]);
    expect(unhealthyEndpoints(logs, wanting(0.95))).toEqual([]);
  });

  test('need three failures in a row of one of them, and name it [W24]', () => {
    const readyIsDown = [true, false, true];
    expect(unhealthyEndpoints(after([readyIsDown, readyIsDown]), wanting(0.1))).toEqual([]);
    expect(unhealthyEndpoints(after([readyIsDown, readyIsDown, readyIsDown]), wanting(0.1))).toEqual([
      { endpoint: '/ready', because: 'the last 3 probes failed: /ready said 503' },
    ]);
  });

  test('show the endpoint that does worst, so that the health score does not hide it behind the others [W24]', () => {
    const { results, lastFailure } = after([WELL, [true, false, true], [true, false, true]]);
    expect({ results, lastFailure }).toEqual({ results: [true, false, false], lastFailure: '/ready said 503' });
  });

  test('say of every endpoint what a log of its own would, whatever happens [W24]', () => {
    const rounds = fc.array(fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), { maxLength: 40 });
    fc.assert(
      fc.property(rounds, (all) => {
        const found = unhealthyEndpoints(after(all), wanting(0.9)).map(({ endpoint }) => endpoint);
        const alone = ENDPOINTS.filter((endpoint, index) => {
          const results = all.map((healthy) => healthy[index] === true).slice(-20);
          return unhealthyBecause({ results, lastFailure: null }, 0.9) !== null;
        });
        expect(found).toEqual(alone);
      }),
    );
  });

  test('that an older worker kept in one log are told apart again [W24]', () => {
    const rounds = fc.array(fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rounds, (all) => {
        const { byEndpoint = {} } = addRound(inOneLog(all), round(WELL));
        ENDPOINTS.forEach((endpoint, index) => {
          const own = [...all.map((healthy) => healthy[index] === true), true];
          const results = byEndpoint[endpoint]?.results ?? expect.fail('a log of its own');
          expect(results).toEqual(own.slice(-results.length));
          expect(results.length).toBeGreaterThanOrEqual(Math.min(own.length, 7));
        });
      }),
    );
  });

  test('forget an endpoint that is probed no more', () => {
    const logs = addRound(after([LOST, LOST]), round([true], ['/health']));
    expect(Object.keys(logs.byEndpoint ?? {})).toEqual(['/health']);
  });
});
