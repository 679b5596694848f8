import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { read } from '../../../src/domain/reading/reader.js';
import { LONGEST } from '../../../src/domain/rollout/bounds.js';
import { readCanaryInput } from '../../../src/domain/canary/canary-input.js';
import { isOwnContinuation } from '../../../src/domain/rollout/continuation.js';
import { problemsOfPlan, readPlan } from '../../../src/domain/staged-traffic/plan-rules.js';
import { reduce } from '../../../src/domain/canary/reduce.js';
import { beginCanary } from '../../../src/domain/canary/state.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { lengthOf } from '../../../src/domain/text.js';
import { anyEvents, canaryPlan } from './arbitraries.js';
import { BAD_STARTS } from './bad-starts.js';
import { broken, validPlan } from './plan-arbitrary.js';

const stages = [
  { trafficPercent: 25, durationMs: 5000 },
  { trafficPercent: 100, durationMs: 5000 },
];

const pathsOf = (input: unknown): string[] => read(readCanaryInput, input).problems.map(({ path }) => path);

describe('what starts a rollout', () => {
  test('is read as it is when it may start', () => {
    const input = {
      plan: canaryPlan({ stages }),
      requestedBy: 'ci:acme/shop#9913',
      requestId: 'shop:1:1:release',
      historyLimit: 60,
    };
    expect(read(readCanaryInput, input)).toStrictEqual({ value: input, problems: [], unknown: [] });
  });

  test('has names and reasons of one line, however many they were written on [W31]', () => {
    const plan = { ...canaryPlan({ stages: [{ trafficPercent: 100, durationMs: 5 }] }), name: 'spring\nsale' };
    const { value, problems } = read(readCanaryInput, { plan, requestedBy: 'ada\r\nroot', undo: { reason: 'a\nb' } });
    expect(problems).toEqual([]);
    expect([value?.plan.name, value?.requestedBy, value?.undo?.reason]).toEqual(['spring sale', 'ada root', 'a b']);
  });

  test.each(BAD_STARTS.map((bad) => [bad.what, bad] as const))('is refused with %s, by name [W5]', (_, bad) => {
    const { change, paths } = bad;
    expect(pathsOf(change(canaryPlan({ stages })))).toEqual(paths);
  });

  test('is an undo only in one stage of everybody: whatever else stands beside it would go past the tier [K-02] [C-16]', () => {
    const undo = { to: 'green' };
    const once = { ...canaryPlan(), stages: [{ trafficPercent: 100, durationMs: 5000 }] };
    expect(pathsOf({ plan: once, undo })).toEqual([]);
    fc.assert(
      fc.property(validPlan, (plan) => {
        const isUndo = plan.stages.length === 1 && plan.version === undefined && plan.adopt === undefined;
        expect(pathsOf({ plan, undo }).length === 0).toBe(isUndo);
      }),
    );
  });

  test('is told everything at once, whatever else is wrong [W5]', () => {
    const plan = {
      ...canaryPlan({
        stages: [
          { trafficPercent: 50, durationMs: -1 },
          { trafficPercent: 20, durationMs: 5 },
        ],
      }),
      health: 'yes',
      onUnknown: { action: 'explode', deadlineMs: 1000 },
      analysis: { checks: [{ kind: 'threshold', metric: 'errorRate' }] },
      version: 5,
    };
    expect(pathsOf({ plan, historyLimit: 0, requestedBy: 7, carried: {} }).sort()).toEqual([
      'analysis.checks[0]',
      'carried',
      'health',
      'historyLimit',
      'onUnknown.action',
      'requestedBy',
      'stages[0].durationMs',
      'stages[1].trafficPercent',
      'stages[1].trafficPercent',
      'version',
    ]);
  });

  test('may have fields that only a later version knows: they are ignored, and named [W5]', () => {
    const plan = { ...canaryPlan({ stages }), helth: { endpoints: ['/health'] } };
    const { value, problems, unknown } = read(readCanaryInput, { plan, note: 'by hand' });
    expect(problems).toEqual([]);
    expect(unknown).toEqual(['helth', 'note']);
    expect(value).toStrictEqual({ plan: canaryPlan({ stages }) });
  });

  test('goes on only where it is its own: what a rollout hands to itself is never refused [W5]', () => {
    const carried = beginCanary({ id: 'checkout@run-1', plan: canaryPlan(), atMs: 0 });
    expect(isOwnContinuation({ plan: canaryPlan(), carried }, 'run-1')).toBe(true);
    for (const given of [{ plan: canaryPlan(), carried }, { carried: { id: 7 } }, { carried: 'x' }, {}, null])
      expect(isOwnContinuation(given, 'run-2')).toBe(false);
  });
});

describe('a plan', () => {
  test('that may start is read from its JSON as it is [W5]', () => {
    fc.assert(
      fc.property(validPlan, (plan) => {
        const typed: unknown = JSON.parse(JSON.stringify(plan));
        expect(read(readPlan, typed)).toStrictEqual({ value: typed, problems: [], unknown: [] });
      }),
    );
  });

  test('or anything else is refused, or obeys every rule and every bound [W5] [W31]', () => {
    const valid = validPlan.map((plan) => ({ plan, requestedBy: 'ada', historyLimit: 100 }));
    let startable = 0;
    fc.assert(
      fc.property(fc.oneof(valid, broken(valid), broken(valid), fc.jsonValue()), anyEvents, (given, events) => {
        const { value, problems } = read(readCanaryInput, given);
        if (value === undefined || problems.length > 0) {
          expect(problems.length).toBeGreaterThan(0);
          return;
        }
        startable += 1;
        expect(problemsOfPlan(value.plan)).toEqual([]);
        for (const leaf of leavesOf(value)) {
          if (typeof leaf === 'string') expect(lengthOf(leaf)).toBeLessThanOrEqual(LONGEST.query);
          if (typeof leaf === 'number') expect(Number.isFinite(leaf)).toBe(true);
        }
        const begun = beginCanary({ id: 'checkout@run-1', atMs: 0, ...value });
        expect(() => statusOf(events.reduce(reduce, begun), 1)).not.toThrow();
      }),
      { numRuns: 300 },
    );
    expect(startable).toBeGreaterThan(10);
  });

  test.each([
    ['a name', { name: 'n'.repeat(201) }, 'name'],
    ['a version', { version: 'v'.repeat(201) }, 'version'],
    ['a service', { service: 's'.repeat(101) }, 'service'],
    ['a runbook', { runbook: `https://${'r'.repeat(1000)}` }, 'runbook'],
    ['a backend', { adopt: 'b'.repeat(101) }, 'adopt'],
    [
      'a query',
      { analysis: { checks: [{ kind: 'custom' as const, name: 'queue', query: 'q'.repeat(4001), max: 1 }] } },
      'analysis.checks[0].query',
    ],
    [
      'a list of endpoints',
      {
        health: {
          endpoints: Array.from({ length: 21 }, () => '/h'),
          intervalMs: 1000,
          timeoutMs: 1000,
          successThreshold: 1,
        },
      },
      'health.endpoints',
    ],
    [
      'checks that together are larger than a payload should be',
      {
        analysis: {
          checks: Array.from({ length: 40 }, (_, index) => ({
            kind: 'custom' as const,
            name: `queue ${String(index)}`,
            query: 'q'.repeat(2000),
            max: 1,
          })),
        },
      },
      'analysis.checks',
    ],
  ])('with %s that is too long is refused with the bound and what was given [W31]', (_, change, path) => {
    const problems = problemsOfPlan(canaryPlan({ stages, ...change }));
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    expect(JSON.stringify(problems)).toMatch(/at most/);
    expect(JSON.stringify(problems).length).toBeLessThan(500);
  });
});

function leavesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}
