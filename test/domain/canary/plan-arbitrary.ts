import fc from 'fast-check';
import type {
  BaselineCheck,
  Check,
  CustomCheck,
  SequentialCheck,
  ThresholdCheck,
} from '../../../src/domain/analysis/plan.js';
import { oneLine } from '../../../src/domain/text.js';
import { problemsOfPlan } from '../../../src/domain/staged-traffic/plan-rules.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import type { StagePlan } from '../../../src/domain/stages/plan.js';
import { anyPlan } from './arbitraries.js';

/** An object that has the optional fields now and then. */
function some<T extends object, K extends keyof T>(model: { [P in keyof T]: fc.Arbitrary<T[P]> }, requiredKeys: K[]) {
  return fc.record(model, { requiredKeys });
}

const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const timeMs = fc.integer({ min: 1, max: 86_400_000 });
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== '');
/** Breaks in it become spaces. */
const line = words.filter((text) => oneLine(text) === text);
const count = fc.integer({ min: 1, max: 100_000 });

const limits = { inconclusiveLimit: fc.nat(5), consecutiveErrorLimit: fc.nat(5), failureLimit: fc.nat(5) };
const question = { query: words, source: words, windowMs: timeMs };

const check: fc.Arbitrary<Check> = fc.oneof(
  some<ThresholdCheck, 'kind' | 'metric' | 'max'>(
    {
      kind: fc.constant('threshold'),
      metric: fc.constantFrom('errorRate', 'successRate'),
      max: share,
      ...limits,
      minRequests: count,
    },
    ['kind', 'metric', 'max'],
  ),
  some<SequentialCheck, 'kind' | 'metric' | 'max'>(
    {
      kind: fc.constant('sequential'),
      metric: fc.constantFrom('errorRate', 'latencyP99'),
      max: share,
      minRequests: count,
    },
    ['kind', 'metric', 'max'],
  ),
  some<BaselineCheck, 'kind' | 'metric' | 'maxIncrease'>(
    {
      kind: fc.constant('baseline'),
      metric: fc.constantFrom('errorRate', 'latencyP50'),
      maxIncrease: share,
      minRequests: count,
    },
    ['kind', 'metric', 'maxIncrease'],
  ),
  some<CustomCheck, 'kind' | 'name' | 'max' | 'query'>(
    {
      kind: fc.constant('custom'),
      name: words,
      max: fc.double({ noNaN: true, noDefaultInfinity: true }),
      ...limits,
      ...question,
    },
    ['kind', 'name', 'max', 'query'],
  ),
);

const extras = fc.record(
  {
    name: line,
    version: fc.stringMatching(/^[a-z0-9.-]{1,40}$/),
    runbook: fc.webUrl(),
    adopt: fc.constantFrom('blue', 'green'),
    monitoringIntervalMs: timeMs,
    analysis: some(
      {
        checks: fc.uniqueArray(check, {
          maxLength: 4,
          selector: (one) => (one.kind === 'custom' ? one.name : one.kind),
        }),
        alpha: share,
        dispersion: fc.double({ min: 1, max: 20, noNaN: true }),
        proof: fc.constantFrom('no-harm' as const, 'evidence' as const),
      },
      ['checks'],
    ),
    rollbackPolicy: some(
      {
        errorRateThreshold: share,
        latencyIncrease: fc.double({ min: 1.01, max: 10, noNaN: true }),
        evaluationWindowMs: timeMs,
        consecutiveFailures: count,
      },
      ['errorRateThreshold'],
    ),
    health: fc.record({
      endpoints: fc.array(
        fc.webPath().map((path) => `/${path}`),
        { minLength: 1, maxLength: 3 },
      ),
      intervalMs: timeMs,
      timeoutMs: timeMs,
      successThreshold: share,
    }),
  },
  { requiredKeys: [] },
);

const approval = fc.record({
  timeoutMs: fc.option(timeMs),
  onTimeout: fc.constantFrom('abort' as const, 'hold' as const),
});

const stages: fc.Arbitrary<StagePlan[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 99_999 }), { maxLength: 4 })
  .map((parts) => [...parts.sort((a, b) => a - b), 100_000])
  .chain((parts) =>
    fc.tuple(
      ...parts.map((part) =>
        some({ durationMs: timeMs, longerMs: timeMs, approval }, ['durationMs']).map(
          ({ longerMs, approval: asks, ...stage }) => ({
            trafficPercent: part / 1000,
            ...stage,
            ...(asks === undefined || part === 100_000 ? {} : { approval: asks }),
            ...(longerMs === undefined ? {} : { maxDurationMs: stage.durationMs + longerMs }),
          }),
        ),
      ),
    ),
  );

const provable: Check = { kind: 'sequential', metric: 'successRate', min: 0.99 };

/** Its stages may end on proof. */
function onProof(plan: CanaryPlan): CanaryPlan {
  return {
    ...plan,
    stages: plan.stages.map((stage) => ({
      ...stage,
      advanceOnEvidence: true,
      minDurationMs: Math.floor(stage.durationMs / 2),
    })),
    analysis: { ...plan.analysis, checks: [provable] },
  };
}

/** Plans that may start, with every field now and then. */
export const validPlan: fc.Arbitrary<CanaryPlan> = fc
  .tuple(anyPlan, stages, extras, fc.boolean())
  .map(([plan, itsStages, more, proves]) => {
    const whole = { ...plan, ...more, stages: itsStages };
    return proves ? onProof(whole) : whole;
  })
  .filter((plan) => problemsOfPlan(plan).length === 0);

/** Plain data in which something anywhere is replaced by anything, or a field is added or missing. */
export function broken(whole: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const thing = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(
      '',
      0,
      -1,
      1e300,
      '5',
      'yes',
      null,
      [],
      {},
      [[]],
      [null],
      true,
      { kind: 'nonsense' },
      'x'.repeat(5000),
      '\ud83d',
    ),
  );
  const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'kind', 'plan', 'length'), fc.string());
  return fc
    .tuple(whole, thing, fc.array(fc.nat(), { maxLength: 8 }), fc.option(key))
    .map(([start, new_, steps, added]) => {
      const copy = structuredClone(start);
      return replaced(copy, new_, steps, added);
    });
}

function replaced(node: unknown, thing: unknown, [step, ...steps]: readonly number[], added: string | null): unknown {
  if (step === undefined || typeof node !== 'object' || node === null) return thing;
  const entries: [string, unknown][] = Object.entries(node);
  if (entries.length === 0) return thing;
  const at = step % entries.length;
  const changed = entries.map(([key, value], index): [string, unknown] => [
    key,
    index === at ? replaced(value, thing, steps, added) : value,
  ]);
  if (steps.length === 0 && added !== null) changed.push([added, thing]);
  return Array.isArray(node) ? changed.map(([, value]) => value) : Object.fromEntries(changed);
}
