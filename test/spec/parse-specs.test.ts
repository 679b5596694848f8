import { expect, test } from 'vitest';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import { canaryPlanFromOptions } from '../../src/spec/canary/canary-options.js';
import { DEFAULT_PLAN } from '../../src/spec/defaults.js';
import { parseSpecs, type ParsedSpec } from '../../src/spec/parse-specs.js';

const CHECKOUT = `# yaml-language-server: $schema=./headgate.schema.json
apiVersion: headgate/v1
kind: Canary
service: checkout
version: 2.7.0
stages:
  - { traffic: 5%, duration: 10m }
  - { traffic: 25%, duration: 15m, approval: { timeout: 24h, onTimeout: abort } }
  - { traffic: 50%, duration: 1h30m }
  - { traffic: 100% }
checks:
  - { metric: errorRate, max: 1% }
  - { metric: latencyP99, max: 500ms, maxIncrease: 50% }
  - { metric: successRate, min: 0.99, failureLimit: 2, window: 5m }
  - { metric: requestRate, min: 10/s }
  - { name: queue, query: 'sum(queue_depth{version="{{ version }}"})', max: 1000 }
health: { endpoints: [/health], interval: 10s, successThreshold: 90% }
onUnknown: abort
deadline: 20m
onDrift: abort
proof: evidence
rollbackWindow: 20m
monitoringInterval: 30
runbook: https://wiki.example.com/checkout
`;

function only(text: string, options: Partial<Parameters<typeof parseSpecs>[1]> = {}): ParsedSpec<CanaryPlan> {
  const [spec, ...others] = parseSpecs(text, { file: 'checkout.yaml', ...options });
  if (spec === undefined || others.length > 0) throw new Error('one specification was expected');
  return spec;
}

function short(more = ''): string {
  return `{ apiVersion: headgate/v1, kind: Canary, service: checkout${more === '' ? '' : `, ${more}`} }`;
}

test('a specification says everything in human units, and the plan has the units of the domain [U-01]', () => {
  expect(only(CHECKOUT).plan).toEqual({
    service: 'checkout',
    name: 'checkout',
    version: '2.7.0',
    stages: [
      { trafficPercent: 5, durationMs: 600_000 },
      { trafficPercent: 25, durationMs: 900_000, approval: { timeoutMs: 86_400_000, onTimeout: 'abort' } },
      { trafficPercent: 50, durationMs: 5_400_000 },
      { trafficPercent: 100, durationMs: 1_200_000 },
    ],
    analysis: {
      checks: [
        { kind: 'sequential', metric: 'errorRate', max: 0.01 },
        { kind: 'sequential', metric: 'latencyP99', max: 500 },
        { kind: 'baseline', metric: 'latencyP99', maxIncrease: 0.5 },
        { kind: 'threshold', metric: 'successRate', min: 0.99, failureLimit: 2, windowMs: 300_000 },
        { kind: 'threshold', metric: 'requestRate', min: 10 },
        { kind: 'threshold', metric: 'queue', query: 'sum(queue_depth{version="{{version}}"})', max: 1000 },
      ],
      proof: 'evidence',
    },
    health: { endpoints: ['/health'], intervalMs: 10_000, timeoutMs: 2000, successThreshold: 0.9 },
    monitoringIntervalMs: 30_000,
    autoProgression: true,
    onUnknown: { action: 'abort', deadlineMs: 1_200_000 },
    onDrift: 'abort',
    runbook: 'https://wiki.example.com/checkout',
  } satisfies CanaryPlan);
});

test('a specification that says almost nothing gets the default plan [K-01]', () => {
  expect(only(short()).plan).toEqual({
    service: 'checkout',
    name: 'checkout',
    stages: [5, 25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 600_000 })),
    analysis: { checks: [] },
    monitoringIntervalMs: 60_000,
    autoProgression: true,
    onUnknown: { action: 'hold', deadlineMs: 1_800_000 },
    onDrift: 'hold',
  } satisfies CanaryPlan);
});

test('what an installation says once, a specification overrides [K-01]', () => {
  const defaults = { ...DEFAULT_PLAN, stagesPercent: [2, 100], monitoringIntervalMs: 5000, autoProgression: false };

  expect(only(short(), { defaults }).plan).toMatchObject({
    stages: [{ trafficPercent: 2 }, { trafficPercent: 100 }],
    monitoringIntervalMs: 5000,
    autoProgression: false,
  });
  expect(
    only(short('autoProgression: true, monitoringInterval: 90s, stages: [{ traffic: 1 }]'), { defaults }).plan,
  ).toMatchObject({ stages: [{ trafficPercent: 100 }], monitoringIntervalMs: 90_000, autoProgression: true });
});

test('a service whose endpoints are configured is probed, unless the specification names others', () => {
  const configured = { ...DEFAULT_PLAN.health, endpoints: ['/ok'] };
  const defaults = { ...DEFAULT_PLAN, healthOf: { checkout: configured } };

  expect(only(short(), { defaults }).plan.health).toEqual(configured);
  expect(only(short('health: { endpoints: [/mine] }'), { defaults }).plan.health?.endpoints).toEqual(['/mine']);
  expect(only(short().replace('checkout', 'constructor'), { defaults }).plan.health).toBeUndefined();
});

test('an endpoint says what more is asked of its answer, in a file and in a program [M-02]', () => {
  const file = short(
    'health: { consecutiveFailures: 2, endpoints: [/live, { path: /ready, status: 200, contains: ok, maxLatency: 300ms, successThreshold: 90%, json: { pointer: /db, equals: true } }] }',
  );
  const asked = { status: 200, contains: 'ok', successThreshold: 0.9, json: { pointer: '/db', equals: true } };
  const endpoints = ['/live', { path: '/ready', ...asked, maxLatencyMs: 300 }];
  expect(only(file).plan.health).toEqual({ ...DEFAULT_PLAN.health, consecutiveFailures: 2, endpoints });
  const health = { endpoints, consecutiveFailures: 2 };
  expect(canaryPlanFromOptions({ name: 'x', service: 'checkout', health }).health).toEqual(only(file).plan.health);
});

test('JSON is read like YAML, positions included', () => {
  const json = JSON.stringify({ apiVersion: 'headgate/v1', kind: 'Canary', service: 'checkout' }, null, 2);

  expect(only(json).plan).toEqual(only(short()).plan);
  expect(() => only(json.replace('"checkout"', '7'))).toThrow('checkout.yaml:4:14 service: This must be text');
});

test('a file may hold several documents, each with its place', () => {
  const specs = parseSpecs(`---\n${short()}\n---\n# nothing\n---\n${short().replace('checkout', 'orders')}\n`, {
    file: 'both.yaml',
  });

  expect(specs.map(({ plan, at }) => [plan.service, at.line])).toEqual([
    ['checkout', 2],
    ['orders', 6],
  ]);
});

test('a version is kept as it is written, also where YAML sees a number', () => {
  expect(only(short('version: 2.10')).plan.version).toBe('2.10');
  expect(only(short('version: 7')).plan.version).toBe('7');
  expect(only(short("version: '1.0'")).plan.version).toBe('1.0');
});

test('a version given at the start replaces the one in the file, and fills in templates that need one', () => {
  const query = `checks: [{ name: q, query: 'x{v="{{version}}"}', max: 1 }]`;

  expect(only(short(`version: '1.0', ${query}`), { version: '2.0' }).plan.version).toBe('2.0');
  expect(only(short(query), { version: '2.0' }).plan.version).toBe('2.0');
});

test('anchors and merge keys spare repetition, and mistakes in them are found where they are used', () => {
  const text = `apiVersion: headgate/v1
kind: Canary
service: checkout
stages:
  - &first { traffic: 5%, duration: 10m }
  - { <<: *first, traffic: SHARE }
  - { traffic: 100% }
`;

  expect(only(text.replace('SHARE', '25%')).plan.stages[1]).toEqual({ trafficPercent: 25, durationMs: 600_000 });
  expect(() => only(text.replace('SHARE', '4%'))).toThrow('checkout.yaml:6:28 stages[1].traffic');
});

test('what another document of the same kind says does not matter to this one', () => {
  const [first, second] = parseSpecs(`${CHECKOUT}---\n${short()}`, { file: 'f.yaml' });

  expect(first?.plan).toEqual(only(CHECKOUT).plan);
  expect(second?.plan).toEqual(only(short()).plan);
});
