import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { read } from '../../src/domain/reading/reader.js';
import { canary } from '../../src/domain/canary/kind.js';
import { formatPercent, toParts } from '../../src/domain/percent.js';
import { problemsOfPlan, readPlan } from '../../src/domain/staged-traffic/plan-rules.js';
import { refusalOf } from '../../src/domain/stages/refusal.js';
import { canaryPlanFromOptions } from '../../src/spec/canary/canary-options.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';
import { canaryPlan, newRollout } from '../domain/canary/arbitraries.js';
import { withStages } from './refused/write.js';

const stagesOf = (traffic: string) =>
  parseSpecs(withStages(`- { traffic: ${traffic}, duration: 10m }\n- { traffic: 100% }`), { file: 'c.yaml' })[0]?.plan
    .stages;

test.each([
  ['0.0005%', 0.001],
  ['33.33333%', 33.333],
  ['0.3333333', 33.333],
  ['99.99949%', 99.999],
])('a share of %s is one share wherever it is shown: the one that will be set [W44]', (written, percent) => {
  const [first] = stagesOf(written) ?? [];
  expect(first?.trafficPercent).toBe(percent);
  expect(`${String(first?.trafficPercent)} %`).toBe(formatPercent(first?.trafficPercent ?? NaN));
});

test('what a raw plan says is rounded before the rules look at it, not after [W44]', () => {
  const stages = (shares: readonly number[], durationMs = 1000) =>
    canaryPlan({ stages: shares.map((trafficPercent) => ({ trafficPercent, durationMs })) });
  const rulesOf = (shares: readonly number[], durationMs?: number) =>
    problemsOfPlan(stages(shares, durationMs)).map(({ rule }) => rule);
  expect(rulesOf([99.9999, 100])).toEqual(['stages.range']);
  expect(rulesOf([0.0004, 100])).toEqual(['stages.range']);
  expect(rulesOf([5.0001, 5.0002, 100])).toEqual(['stages.rise']);
  expect(rulesOf([5, 100], 0.4)).toEqual(['duration.positive', 'duration.positive']);
  expect(rulesOf([5, 100], 0.6)).toEqual([]);
  const begun = canary.begin({ plan: stages([33.33333, 100], 999.6) }).value?.input.plan;
  expect(begun).toMatchObject({ stages: [{ trafficPercent: 33.333, durationMs: 1000 }, { durationMs: 1000 }] });
});

test('a plan that may start splits traffic in steps that all differ, and waits for whole milliseconds [W44]', () => {
  const share = fc.double({ min: 0, max: 100, noNaN: true });
  const time = fc.double({ min: 0, max: 10_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(share, time), { maxLength: 5 }), (given) => {
      const stages = [...given.toSorted(([a], [b]) => a - b), [100, 1000] as const].map(
        ([trafficPercent, durationMs]) => ({ trafficPercent, durationMs }),
      );
      const { value, problems } = read(readPlan, canaryPlan({ stages }));
      if (problems.length > 0 || value === undefined) return;
      const parts = value.stages.map(({ trafficPercent }) => toParts(trafficPercent));
      expect(new Set(parts).size).toBe(parts.length);
      expect(parts[0]).toBeGreaterThan(0);
      for (const { durationMs } of value.stages) expect(Number.isInteger(durationMs) && durationMs > 0).toBe(true);
    }),
  );
});

test('options, commands and the environment round before their rules as well [W44]', () => {
  const stages = [
    { traffic: 0.05, durationMinutes: 0.000_001 },
    { traffic: 1, durationMinutes: null },
  ];
  expect(() => canaryPlanFromOptions({ name: 'a', service: 'a', stages })).toThrow(/refused|not valid|problem/i);
  const state = newRollout(canaryPlan());
  expect(refusalOf(state, 'pause', { durationMinutes: 0.000_001 })?.code).toBe('INVALID_COMMAND');
  expect(() => loadConfig({ env: { CANARY_MONITORING_INTERVAL: '0.4ms' }, cwd: '/' })).toThrow(
    /CANARY_MONITORING_INTERVAL/,
  );
});
