import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { healthOf, isKnownHealthy, isKnownUnhealthy } from '../../../src/domain/health/health.js';
import type { HealthPlan } from '../../../src/domain/health/health-plan.js';
import { EMPTY_PROBE_LOG } from '../../../src/domain/health/probe-log.js';
import { addRound, type ProbeLogs } from '../../../src/domain/health/probe-logs.js';

const INTERVAL_MS = 30_000;
const ENDPOINTS = ['/health', '/search'];
const PLAN: HealthPlan = {
  endpoints: ENDPOINTS,
  intervalMs: INTERVAL_MS,
  timeoutMs: 2000,
  successThreshold: 0.95,
};
const FRESH_MS = 2 * INTERVAL_MS + 2000;

type Round = readonly [health: boolean, search: boolean];

const WELL: Round = [true, true];
const DOWN: Round = [false, true];

/** Rounds an interval apart, the last one at `endsAtMs`. */
function after(rounds: readonly Round[], endsAtMs = 0, from: ProbeLogs = EMPTY_PROBE_LOG, plan = PLAN): ProbeLogs {
  return rounds.reduce((logs, round, index) => {
    const atMs = endsAtMs - (rounds.length - 1 - index) * INTERVAL_MS;
    const outcomes = ENDPOINTS.map((endpoint, at) => ({ endpoint, failure: round[at] === true ? null : 'said 503' }));
    return addRound(logs, outcomes, { ...plan, time: { ...plan, atMs } });
  }, from);
}

const times = (count: number, round: Round): readonly Round[] => Array.from({ length: count }, () => round);

const someRound = fc.tuple(fc.boolean(), fc.boolean());
const someRounds = fc.array(someRound, { maxLength: 60 });
const someNow = fc.integer({ min: -2 * FRESH_MS, max: 4 * FRESH_MS });

describe('the health of an environment', () => {
  test('is unknown with fewer than five probes of an endpoint, and the share of the newest twenty from then on [B-03]', () => {
    expect(healthOf(EMPTY_PROBE_LOG, PLAN)).toBeNull();
    expect(healthOf(after(times(4, WELL)), PLAN)).toBeNull();
    expect(healthOf(after(times(5, WELL)), PLAN)).toBe(1);
    expect(healthOf(after([...times(4, WELL), DOWN]), PLAN)).toBe(0.8);
    expect(healthOf(after([...times(10, DOWN), ...times(19, WELL)]), PLAN)).toBe(0.95);
    expect(healthOf(after([...times(10, DOWN), ...times(20, WELL)]), PLAN)).toBe(1);
  });

  test('is that of the endpoint that does worst, from 0 to 1, and unknown while one of them is [B-03]', () => {
    fc.assert(
      fc.property(someRounds, (rounds) => {
        const health = healthOf(after(rounds), PLAN);
        const newest = rounds.slice(-20);
        const shares = [0, 1].map((at) => newest.filter((round) => round[at] === true).length / newest.length);
        expect(health).toBe(newest.length < 5 ? null : Math.min(...shares));
      }),
    );
  });

  test('is unknown where an endpoint of the plan has no probes of its own', () => {
    const logs = after(times(20, WELL));
    expect(healthOf(logs, { ...PLAN, endpoints: [...ENDPOINTS, '/new'] })).toBeNull();
    expect(isKnownHealthy(logs, { ...PLAN, endpoints: [...ENDPOINTS, 'toString'] }, 0)).toBe(false);
  });

  test('counts a window as large as the plan says, and knows from as many probes where it is small', () => {
    const plan = { ...PLAN, windowProbes: 3 };
    expect(healthOf(after([DOWN, WELL, WELL], 0, EMPTY_PROBE_LOG, plan), plan)).toBeCloseTo(2 / 3);
    expect(healthOf(after([DOWN, ...times(3, WELL)], 0, EMPTY_PROBE_LOG, plan), plan)).toBe(1);
  });
});

describe('an environment is known to be healthy', () => {
  test('never when it was never probed, with too few probes, or from what an older worker has kept', () => {
    expect(isKnownHealthy(EMPTY_PROBE_LOG, PLAN, 0)).toBe(false);
    expect(isKnownHealthy(after(times(4, WELL)), PLAN, 0)).toBe(false);
    expect(isKnownHealthy(after(times(5, WELL)), PLAN, 0)).toBe(true);
    const log = { results: Array.from({ length: 20 }, () => true), lastFailure: null };
    const old = { ...log, byEndpoint: { '/health': log, '/search': log } };
    expect(isKnownHealthy(old, PLAN, 0)).toBe(false);
  });

  test('never when its newest probe failed, whatever the mean of the window says', () => {
    fc.assert(
      fc.property(someRounds, fc.integer({ min: 1, max: 3 }), (rounds, failures) => {
        const logs = after([...rounds, ...times(20, WELL), ...times(failures, DOWN)]);
        expect(isKnownHealthy(logs, PLAN, 0)).toBe(false);
      }),
    );
  });

  test('never from old probes, or from those of a clock that is ahead', () => {
    const logs = after(times(20, WELL));
    expect(isKnownHealthy(logs, PLAN, FRESH_MS)).toBe(true);
    expect(isKnownHealthy(logs, PLAN, FRESH_MS + 1)).toBe(false);
    expect(isKnownHealthy(logs, PLAN, -FRESH_MS - 1)).toBe(false);
  });

  test('not before there are enough probes since the last gap: those before it are old', () => {
    fc.assert(
      fc.property(someRounds, fc.integer({ min: 1, max: 40 }), (before, count) => {
        const gapMs = FRESH_MS + 1;
        const old = after(before, -gapMs - (count - 1) * INTERVAL_MS);
        const logs = after(times(count, WELL), 0, old);
        expect(isKnownHealthy(logs, PLAN, 0)).toBe(count >= 5);
        expect(healthOf(logs, PLAN)).toBe(count >= 5 ? 1 : null);
      }),
    );
  });

  test('only when its share is as large as is wanted, of each endpoint with a threshold of its own', () => {
    const logs = after([...times(3, DOWN), ...times(17, WELL)]);
    expect(isKnownHealthy(logs, PLAN, 0)).toBe(false);
    const mild = { path: '/health', successThreshold: 0.8 };
    expect(isKnownHealthy(logs, { ...PLAN, endpoints: [mild, '/search'] }, 0)).toBe(true);
  });

  test('or known to be unhealthy, or neither, but never both', () => {
    fc.assert(
      fc.property(someRounds, someNow, (rounds, nowMs) => {
        const logs = after(rounds);
        const health = healthOf(logs, PLAN);
        const isHealthy = isKnownHealthy(logs, PLAN, nowMs);
        const isUnhealthy = isKnownUnhealthy(logs, PLAN, nowMs);
        expect(isHealthy && isUnhealthy).toBe(false);
        if (isHealthy) expect(health).toBeGreaterThanOrEqual(0.95);
        if (health !== null && health < 0.95 && Math.abs(nowMs) <= FRESH_MS) expect(isUnhealthy).toBe(true);
        if (Math.abs(nowMs) > FRESH_MS) expect([isHealthy, isUnhealthy]).toEqual([false, false]);
      }),
    );
  });
});

test('three failures in a row act before the health is known, as many as the plan says [B-03]', () => {
  const two = after([DOWN, DOWN]);
  expect(isKnownUnhealthy(two, PLAN, 0)).toBe(false);
  const three = after([DOWN, DOWN, DOWN]);
  expect(healthOf(three, PLAN)).toBeNull();
  expect(isKnownUnhealthy(three, PLAN, 0)).toBe(true);
  expect(isKnownUnhealthy(after([DOWN]), { ...PLAN, consecutiveFailures: 1 }, 0)).toBe(true);
});
