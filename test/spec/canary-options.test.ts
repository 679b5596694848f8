import { expect, test } from 'vitest';
import { InvalidSpecError } from '../../src/domain/errors.js';
import { canaryPlanFromOptions, type CanaryOptions } from '../../src/spec/canary/canary-options.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';

const OPTIONS: CanaryOptions = {
  name: 'checkout 2.7',
  service: 'checkout',
  version: '2.7.0',
  stages: [
    { traffic: 0.05, durationMinutes: 30 },
    { traffic: 0.25, durationMinutes: 0.5, approval: { timeoutMinutes: 90, onTimeout: 'abort' } },
    { traffic: 0.5, minDurationMinutes: 1, maxDurationMinutes: 10, advanceOnEvidence: true },
    { traffic: 1, durationMinutes: null },
  ],
  maxDurationMinutes: 60,
  successCriteria: {
    errorRate: { max: 0.01 },
    latencyP99: { max: 500, maxIncrease: 0.5 },
    successRate: { min: 0.99, failureLimit: 1, windowSeconds: 120 },
    queue: { query: 'depth{v="{{version}}"}', max: 1000 },
  },
  rollbackPolicy: {
    errorRateThreshold: 0.02,
    latencyIncrease: 1.5,
    successRateMinimum: 0.99,
    evaluationWindow: 300,
    consecutiveFailures: 3,
  },
  autoRollback: false,
  health: { endpoints: ['/health'], intervalSeconds: 10, timeoutSeconds: 1, successThreshold: 0.9 },
  rollbackWindowMinutes: 20,
  monitoringInterval: 15,
  autoProgression: false,
  requireManualApproval: [1],
  onUnknown: 'abort',
  deadlineMinutes: 45,
  onDrift: 'abort',
  proof: 'evidence',
  runbook: 'https://wiki.example.com/checkout',
};

const SAME_AS_FILE = `
apiVersion: headgate/v1
kind: Canary
name: checkout 2.7
service: checkout
version: 2.7.0
stages:
  - { traffic: 5%, duration: 30m }
  - { traffic: 25%, duration: 30s, approval: { timeout: 1h30m, onTimeout: abort } }
  - { traffic: 50%, minDuration: 1m, maxDuration: 10m, advanceOnEvidence: true }
  - { traffic: 100% }
maxDuration: 1h
checks:
  - { metric: errorRate, max: 1% }
  - { metric: latencyP99, max: 500ms, maxIncrease: 50% }
  - { metric: successRate, min: 99%, failureLimit: 1, window: 2m }
  - { name: queue, query: 'depth{v="{{version}}"}', max: 1000 }
rollbackPolicy:
  errorRateThreshold: 2%
  latencyIncrease: 1.5
  successRateMinimum: 99%
  evaluationWindow: 5m
  consecutiveFailures: 3
autoRollback: false
health: { endpoints: [/health], interval: 10s, timeout: 1s, successThreshold: 90% }
rollbackWindow: 20m
monitoringInterval: 15s
autoProgression: false
requireManualApproval: [1]
onUnknown: abort
deadline: 45m
onDrift: abort
proof: evidence
runbook: https://wiki.example.com/checkout
`;

function problemsOf(options: unknown): string[] {
  try {
    canaryPlanFromOptions(options as CanaryOptions);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    return error.problems.map(({ path, rule }) => `${path} ${rule}`);
  }
}

test('a program and a file that say the same mean the same plan [C-01] [C-02] [C-07]', () => {
  expect(canaryPlanFromOptions(OPTIONS)).toEqual(parseSpecs(SAME_AS_FILE, { file: 'c.yaml' })[0]?.plan);
});

test('durationMinutes: null on the last stage is the rollback window, by default 10 minutes [C-01]', () => {
  const stages = [
    { traffic: 0.5, durationMinutes: 1 },
    { traffic: 1, durationMinutes: null },
  ];

  expect(canaryPlanFromOptions({ name: 'x', service: 'x', stages }).stages).toEqual([
    { trafficPercent: 50, durationMs: 60_000 },
    { trafficPercent: 100, durationMs: 600_000 },
  ]);
});

test('a plan that stops short is refused unless it says holdAtEnd [C-01]', () => {
  const short = { name: 'x', service: 'x', stages: [{ traffic: 0.5, durationMinutes: 5 }] };

  expect(problemsOf(short)).toEqual(['stages[0].traffic stages.end']);
  expect(canaryPlanFromOptions({ ...short, holdAtEnd: true }).stages).toEqual([
    { trafficPercent: 50, durationMs: 300_000, approval: { timeoutMs: null, onTimeout: 'hold' } },
    { trafficPercent: 100, durationMs: 600_000 },
  ]);
});

test('without success criteria there are no checks [C-01]', () => {
  expect(canaryPlanFromOptions({ name: 'x', service: 'x' }).analysis.checks).toEqual([]);
});

test('options that are undefined are options not given', () => {
  const plan = canaryPlanFromOptions({ name: 'x', service: 'x' });

  expect(canaryPlanFromOptions({ name: 'x', service: 'x', version: undefined, health: undefined } as never)).toEqual(
    plan,
  );
});

test('adopting is possible from a program, and not from a file that would do so for ever [C-10]', () => {
  expect(canaryPlanFromOptions({ name: 'x', service: 'x', adopt: 'blue' }).adopt).toBe('blue');
  expect(() =>
    parseSpecs('{ apiVersion: headgate/v1, kind: Canary, service: x, adopt: blue }', { file: 'c.yaml' }),
  ).toThrow('There is no key "adopt"');
});

test.each([
  ['traffic: 5', { stages: [{ traffic: 5 }] }, ['stages[0].traffic units.share']],
  ['a negative share', { stages: [{ traffic: -0.1 }] }, ['stages[0].traffic units.share']],
  [
    'no share',
    { stages: [{ traffic: 0 }, { traffic: 1 }] },
    ['stages[0].durationMinutes stages.duration', 'stages[0].traffic stages.range'],
  ],
  [
    'time in words',
    { stages: [{ traffic: 0.5, durationMinutes: '5m' }, { traffic: 1 }] },
    ['stages[0].durationMinutes units.duration'],
  ],
  [
    'no time',
    { stages: [{ traffic: 0.5, durationMinutes: 0 }, { traffic: 1 }] },
    ['stages[0].durationMinutes duration.positive'],
  ],
  ['a window of nothing', { rollbackWindowMinutes: 0 }, ['rollbackWindowMinutes duration.positive']],
  ['an interval of nothing', { monitoringInterval: 0 }, ['monitoringInterval duration.positive']],
  ['a deadline that is NaN', { deadlineMinutes: NaN }, ['deadlineMinutes units.duration']],
  ['an unknown option', { rolloutWindow: 5 }, ['rolloutWindow keys.unknown']],
  [
    'a metric with a typo',
    { successCriteria: { errorrate: { max: 0.01 } } },
    ['successCriteria.errorrate.query checks.query'],
  ],
  [
    'a rate above 1',
    { successCriteria: { errorRate: { max: 1.5 } } },
    ['successCriteria.errorRate.max bounds.fraction'],
  ],
  ['a criterion without a bound', { successCriteria: { errorRate: {} } }, ['successCriteria.errorRate bounds.some']],
  [
    'a criterion with a typo',
    { successCriteria: { errorRate: { maximum: 0.1 } } },
    ['successCriteria.errorRate.maximum keys.unknown'],
  ],
  [
    'a window of a check',
    { successCriteria: { errorRate: { max: 0.1, windowSeconds: -1 } } },
    ['successCriteria.errorRate.windowSeconds checks.positive'],
  ],
  ['a stage that is not left', { requireManualApproval: [9] }, ['requireManualApproval[0] approval.stage']],
  ['no name and no service', { name: undefined, service: undefined }, ['name required', 'service required']],
  ['an inline secret', { runbook: 'https://a:b@example.com' }, ['runbook secrets.inline']],
])('%s is refused under the name that the program used [U-02] [U-04]', (_, change, problems) => {
  expect(problemsOf({ name: 'x', service: 'x', ...change })).toEqual(problems);
});

test('options that are no options at all are refused', () => {
  expect(problemsOf(null)).toEqual([' type']);
  expect(problemsOf('checkout')).toEqual([' type']);
});
