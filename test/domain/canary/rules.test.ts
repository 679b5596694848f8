import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withApprovals } from '../../../src/domain/stages/approvals.js';
import { problemsOfPlan } from '../../../src/domain/staged-traffic/plan-rules.js';
import { addProbe, EMPTY_PROBE_LOG, unhealthyBecause } from '../../../src/domain/health/probe-log.js';
import { rolesFrom } from '../../../src/domain/traffic/roles.js';
import {
  formatRolloutId,
  parseRolloutId,
  problemsOfWorkflowId,
  workflowIdOf,
} from '../../../src/domain/rollout/rollout-id.js';
import { endOf, remainingOf, startClock, stopClock, stoppedClock } from '../../../src/domain/rollout/clock.js';
import { sameWeights, shareOf, splitBetween, sumsToWhole } from '../../../src/domain/traffic/weights.js';
import { canaryPlan, ROLES } from './arbitraries.js';

describe('weights', () => {
  test('of two roles sum to 100 for every share, on a grain of 0.001 % [U-02]', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
        const weights = splitBetween(ROLES, percent);
        expect(sumsToWhole(weights)).toBe(true);
        expect(weights[0]?.backend).toBe('green');
      }),
    );
  });

  test.each([-1, 100.1, NaN, Infinity])('cannot be made of a share of %d [U-02]', (percent) => {
    expect(() => splitBetween(ROLES, percent)).toThrow(/cannot be/);
  });

  test('are the same when only backends at 0 % or the order differ', () => {
    expect(sameWeights([{ backend: 'blue', percent: 100 }], splitBetween(ROLES, 0))).toBe(true);
    expect(sameWeights(splitBetween(ROLES, 5), splitBetween(ROLES, 5.001))).toBe(false);
    expect(shareOf([], 'blue')).toBe(0);
  });
});

describe('the stage clock', () => {
  test('loses exactly the time it ran, however often it is stopped [C-09]', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(1000))), (spells) => {
        let nowMs = 0;
        let clock = stoppedClock(1_000_000);
        let ranMs = 0;
        for (const [runMs, standMs] of spells) {
          clock = stopClock(startClock(clock, nowMs), (nowMs += runMs));
          ranMs += runMs;
          nowMs += standMs;
        }
        expect(remainingOf(clock, nowMs + 5000)).toBe(1_000_000 - ranMs);
        expect(endOf(clock)).toBeNull();
      }),
    );
  });

  test('does not run backwards when the time does', () => {
    expect(remainingOf(startClock(stoppedClock(100), 1000), 500)).toBe(100);
  });
});

describe('roles', () => {
  const slots = ['blue', 'green'];

  test('are told by where all the traffic is [C-10]', () => {
    expect(rolesFrom(slots, [[{ backend: 'green', percent: 100 }]])).toEqual({
      roles: { baseline: 'green', candidate: 'blue' },
    });
  });

  test.each([
    ['mixed weights', [splitBetween(ROLES, 30)], /split already/],
    ['instances that disagree', [splitBetween(ROLES, 0), splitBetween(ROLES, 100)], /disagree/],
  ])('are refused for %s, unless the baseline is adopted on purpose [C-10]', (_, instances, message) => {
    const refused = rolesFrom(slots, instances);
    expect('problem' in refused && refused.problem.message).toMatch(message);
    expect(rolesFrom(slots, instances, 'blue')).toEqual({ roles: ROLES });
  });

  test('need two backends, and adopt only one of them [C-10]', () => {
    expect(rolesFrom(['blue'], [])).toHaveProperty('problem');
    expect(rolesFrom(slots, [], 'red')).toHaveProperty('problem');
  });
});

describe('a plan', () => {
  const stage = (trafficPercent: number, durationMs = 1000) => ({ trafficPercent, durationMs });

  test('that is right has no problems', () => {
    expect(problemsOfPlan(canaryPlan())).toEqual([]);
  });

  test.each([
    ['no stages', { stages: [] }, 'stages.some'],
    ['too many stages', { stages: Array.from({ length: 51 }, (_, index) => stage(index + 1)) }, 'stages.many'],
    ['a share of 0', { stages: [stage(0), stage(100)] }, 'stages.range'],
    ['a share over 100', { stages: [stage(5), stage(101)] }, 'stages.range'],
    ['a share that is not a number', { stages: [stage(NaN), stage(100)] }, 'stages.range'],
    ['a share below the grain', { stages: [stage(0.0001), stage(100)] }, 'stages.range'],
    ['shares that do not rise', { stages: [stage(25), stage(25), stage(100)] }, 'stages.rise'],
    ['an end short of 100', { stages: [stage(5), stage(50)] }, 'stages.end'],
    ['a stage without duration', { stages: [stage(5, 0), stage(100)] }, 'duration.positive'],
    ['a service that cannot be one', { service: 'check out/../x' }, 'service.name'],
    ['an interval of nothing', { monitoringIntervalMs: 0 }, 'duration.positive'],
    [
      'probes of nothing',
      { health: { endpoints: [], intervalMs: 1, timeoutMs: 1, successThreshold: 1 } },
      'health.endpoints',
    ],
    [
      'a threshold over 1',
      { health: { endpoints: ['/'], intervalMs: 1, timeoutMs: 1, successThreshold: 95 } },
      'health.threshold',
    ],
  ])('with %s is refused with the rule that it breaks [C-01] [U-04]', (_, change, rule) => {
    expect(problemsOfPlan(canaryPlan(change)).map((problem) => problem.rule)).toContain(rule);
  });

  test('with several faults lists them all at once [U-04]', () => {
    const problems = problemsOfPlan(
      canaryPlan({ service: '', monitoringIntervalMs: -1, stages: [stage(50, -1), stage(40), stage(90)] }),
    );
    expect(problems.map((problem) => problem.rule).sort()).toEqual([
      'duration.positive',
      'duration.positive',
      'service.name',
      'stages.end',
      'stages.rise',
    ]);
  });
});

describe('approvals', () => {
  const { stages } = canaryPlan();

  test.each([
    [false, []],
    [true, [3]],
    ['every-stage' as const, [1, 2, 3]],
    [[1, 4], [1]],
  ])('demanded as %j are asked at the end of these stages: %j [C-07]', (demand, expected) => {
    const asked = withApprovals(stages, demand).flatMap((stage, index) =>
      stage.approval === undefined ? [] : [index + 1],
    );
    expect(asked).toEqual(expected);
  });
});

describe('probes', () => {
  const log = (results: readonly boolean[]) =>
    results.reduce((so, healthy) => addProbe(so, healthy, healthy ? null : 'said 503'), EMPTY_PROBE_LOG);
  const many = (count: number, healthy: boolean) => Array.from({ length: count }, () => healthy);

  test('say nothing while there are too few', () => {
    expect(unhealthyBecause(log([false, false]), 0.95)).toBeNull();
  });

  test('say unhealthy after three failures in a row, and when a full window is below the threshold', () => {
    expect(unhealthyBecause(log([...many(17, true), ...many(3, false)]), 0.1)).toMatch(
      /last 3 probes failed: said 503/,
    );
    expect(unhealthyBecause(log([...many(9, true), false, false, ...many(9, true)]), 0.95)).toMatch(/only 90 %/);
    expect(unhealthyBecause(log([...many(10, true), false, ...many(9, true)]), 0.95)).toBeNull();
  });
});

describe('ids', () => {
  test('name a service and a run, or its newest', () => {
    expect(parseRolloutId(formatRolloutId('shop', 'r1'))).toEqual({ service: 'shop', runId: 'r1' });
    expect(parseRolloutId('shop')).toEqual({ service: 'shop' });
    for (const wrong of ['', '@x', 'shop@', 'a@b@c']) expect(() => parseRolloutId(wrong)).toThrow(/does not name/);
  });

  test('a workflow id is that of its service, whatever the prefix, and of no other service [W35] [C-10]', () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z]{1,8}$/), (prefix, a, b) => {
        expect(problemsOfWorkflowId(workflowIdOf(a, prefix), a)).toEqual([]);
        const problems = problemsOfWorkflowId(workflowIdOf(b, prefix), a);
        expect(problems).toHaveLength(a === b ? 0 : 1);
      }),
    );
    expect(problemsOfWorkflowId('checkout', 'checkout')).toMatchObject([
      { path: 'workflowId', expected: expect.stringContaining('rollout/checkout') as string, got: '"checkout"' },
    ]);
  });
});
