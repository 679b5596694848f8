import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';
import { starterSpec } from '../../src/spec/starter.js';
import { STARTER_KINDS, STARTERS } from '../../src/config/starters/starters.js';
import { DEFAULT_ENVIRONMENT } from '../../src/config/defaults.js';
import { STRATEGIES_OF_TIER } from '../../src/domain/tier.js';
import { folderWith, load, told, withMore, withService } from './support.js';

test('everything that is configured is there, in the units of the program', () => {
  const text = `
routers:
  edge: { kind: gateway, instances: ['http://10.0.0.1:8081/', 'http://10.0.0.2:8081'], timeout: 500ms }
metrics:
  counts: { kind: gateway, instances: ['https://10.0.0.1:8081'] }
services:
  checkout:
    router: edge
    metrics: counts
    route: shop-checkout
    backends:
      blue: { target: checkout-a, url: 'http://10.0.1.1:9001' }
      green:
    health: { endpoints: [/health], timeout: 1s, version: { path: /version } }
journal: { kind: file, path: records }
worker: { healthPort: 9090, shutdownGrace: 20s, maxConcurrentWatches: 50, logLevel: debug }
temporal: { namespace: staging, taskQueue: hg, profile: cloud }
workflowIdPrefix: staging/
output: json
`;
  const cwd = folderWith({ 'headgate.yaml': text });

  expect(loadConfig({ env: {}, cwd })).toEqual({
    file: join(cwd, 'headgate.yaml'),
    routers: {
      edge: { kind: 'gateway', instances: ['http://10.0.0.1:8081', 'http://10.0.0.2:8081'], timeoutMs: 500 },
    },
    metrics: { counts: { kind: 'gateway', instances: ['https://10.0.0.1:8081'], timeoutMs: 2000 } },
    services: {
      checkout: {
        router: 'edge',
        metrics: 'counts',
        route: 'shop-checkout',
        backends: { blue: { target: 'checkout-a', url: 'http://10.0.1.1:9001' }, green: { target: 'green' } },
        health: { endpoints: ['/health'], timeoutMs: 1000, version: { path: '/version', field: 'version' } },
      },
    },
    hooks: {},
    journal: { kind: 'file', path: join(cwd, 'records') },
    observations: { kind: 'file', path: join(cwd, '.headgate/observations') },
    worker: { healthPort: 9090, shutdownGraceMs: 20_000, maxConcurrentWatches: 50, logLevel: 'debug' },
    temporal: { namespace: 'staging', taskQueue: 'hg', profile: 'cloud' },
    workflowIdPrefix: 'staging/',
    output: 'json',
    defaults: DEFAULT_ENVIRONMENT,
    tiers: STRATEGIES_OF_TIER,
    warnings: ['services.checkout: green cannot be probed without a url'],
  });
});

test('metric sources are there with their counters, and secrets by reference only [S-02]', () => {
  const config = load(`
metrics:
  prom: { kind: prometheus, url: 'https://p:9090/t/', template: envoy, labels: { cluster: eu }, timeout: 5s, tls: { ca: file:ca.pem } }
  own:
    kind: prometheus
    url: http://p:9090
    requests: 'r{b="{{ backend }}"}'
    errors: 'e{b="{{backend}}",code=~"5[0-9]{2}"}'
    unanswered: 'r{b="{{backend}}",code="499"}'
    latency: { buckets: 'l_bucket{b="{{backend}}"}', unit: ms }
    presence: 'up{job="proxies"}'
    auth: { basic: { username: me, password: env:PW } }
  values: { kind: http, url: 'http://q/api', headers: { X-Key: env:KEY }, tls: { insecureSkipVerify: true } }
`);
  expect(config.metrics).toEqual({
    prom: {
      kind: 'prometheus',
      url: 'https://p:9090/t',
      timeoutMs: 5000,
      counters: 'envoy',
      labels: { cluster: 'eu' },
      access: { tls: { ca: 'file:ca.pem' } },
    },
    own: {
      kind: 'prometheus',
      url: 'http://p:9090',
      timeoutMs: 10_000,
      counters: {
        requests: 'r{b="{{ backend }}"}',
        errors: 'e{b="{{backend}}",code=~"5[0-9]{2}"}',
        unanswered: 'r{b="{{backend}}",code="499"}',
        latency: { buckets: 'l_bucket{b="{{backend}}"}', unit: 'ms' },
        presence: 'up{job="proxies"}',
      },
      labels: {},
      access: { basic: { username: 'me', password: 'env:PW' } },
    },
    values: {
      kind: 'http',
      url: 'http://q/api',
      method: 'GET',
      timeoutMs: 10_000,
      access: { headers: { 'X-Key': 'env:KEY' }, tls: { insecureSkipVerify: true } },
    },
  });
  expect(config.warnings).toEqual([expect.stringMatching(/^metrics\.values: tls\.insecureSkipVerify trusts whoever/)]);
});

test('a source of single values is not taken for the only one that counts', () => {
  const text = withService('{ backends: { blue: , green: } }').replace(
    'metrics: {',
    "metrics: { q: { kind: http, url: 'http://q' },",
  );
  expect(load(text).services['checkout']?.metrics).toBe('gw');
});

test('without a file and without variables everything has a default [K-01]', () => {
  const cwd = folderWith({});

  expect(loadConfig({ env: {}, cwd })).toEqual({
    file: null,
    routers: {},
    metrics: {},
    services: {},
    hooks: {},
    journal: { kind: 'file', path: join(cwd, '.headgate/journal') },
    observations: { kind: 'file', path: join(cwd, '.headgate/observations') },
    worker: {},
    temporal: {},
    workflowIdPrefix: '',
    output: 'text',
    defaults: DEFAULT_ENVIRONMENT,
    tiers: STRATEGIES_OF_TIER,
    warnings: [],
  });
});

test('the only router and the only metric source need not be named', () => {
  expect(load(withService('{ backends: { blue: , green: } }')).services['checkout']).toMatchObject({
    router: 'gw',
    metrics: 'gw',
    route: 'checkout',
  });
});

test('the file that is named counts, then the one that HEADGATE_CONFIG names, then the one in the folder', () => {
  const cwd = folderWith({
    'headgate.yaml': 'workflowIdPrefix: folder/',
    'env.yaml': 'workflowIdPrefix: env/',
    'named.json': '{ "workflowIdPrefix": "named/" }',
  });
  const env = { HEADGATE_CONFIG: 'env.yaml' };

  expect(loadConfig({ env, cwd, file: 'named.json' }).workflowIdPrefix).toBe('named/');
  expect(loadConfig({ env, cwd }).workflowIdPrefix).toBe('env/');
  expect(loadConfig({ env: {}, cwd }).workflowIdPrefix).toBe('folder/');
});

test('a file that is named but not there is refused, and nothing else is read instead', () => {
  const cwd = folderWith({ 'headgate.yaml': '' });

  expect(() => loadConfig({ env: {}, cwd, file: 'other.yaml' })).toThrow(
    /other\.yaml:1:1: The configuration cannot be read/,
  );
});

test('the record is beside the file, wherever the command is typed', () => {
  const cwd = folderWith({});
  mkdirSync(join(cwd, 'deploy'));
  writeFileSync(join(cwd, 'deploy/headgate.yaml'), 'journal: { path: ../records }');

  expect(loadConfig({ env: {}, cwd, file: 'deploy/headgate.yaml' }).journal.path).toBe(join(cwd, 'records'));
  expect(loadConfig({ env: { HEADGATE_JOURNAL: 'mine' }, cwd, file: 'deploy/headgate.yaml' }).journal.path).toBe(
    join(cwd, 'mine'),
  );
});

test('the module with the payload codecs is beside the file as well [S-01]', () => {
  const cwd = folderWith({ 'headgate.yaml': 'temporal: { payloadCodec: ./codecs.js }' });

  expect(loadConfig({ env: {}, cwd }).temporal.payloadCodec).toBe(join(cwd, 'codecs.js'));
});

test('variables are stronger than the file', () => {
  const text = withMore(
    'output: json\nworkflowIdPrefix: file/\nworker: { logLevel: info, healthPort: 1, metricsPort: 2 }',
  );
  const env = {
    HEADGATE_OUTPUT: 'jsonl',
    HEADGATE_WORKFLOW_ID_PREFIX: 'env/',
    HEADGATE_LOG_LEVEL: 'error',
    HEADGATE_HEALTH_PORT: '0',
    HEADGATE_METRICS_PORT: '9464',
    HEADGATE_TASK_QUEUE: 'other',
  };

  expect(load(text, env)).toMatchObject({
    output: 'jsonl',
    workflowIdPrefix: 'env/',
    worker: { logLevel: 'error', healthPort: 0, metricsPort: 9464 },
    temporal: { taskQueue: 'other' },
  });
});

test('a worker has a version when it is given one, and none where versioning is turned off', () => {
  const deployment = { name: 'headgate', buildId: '0.2.0-rc.1+shop' };
  const text = withMore(`worker: { deployment: { name: headgate, buildId: ${deployment.buildId} } }`);

  expect(load(withMore('')).worker).not.toHaveProperty('deployment');
  expect(load(text).worker).toEqual({ deployment });
  expect(load(text, { HEADGATE_WORKER_VERSIONING: 'true' }).worker).toEqual({ deployment });
  expect(load(text, { HEADGATE_WORKER_VERSIONING: 'false' }).worker).toEqual({});
});

test('two slots behind one address are a warning: probes could not tell them apart', () => {
  const text = withService("{ backends: { blue: { url: 'http://a:1' }, green: { url: 'http://a:1/' } } }");

  expect(load(text).warnings).toEqual([expect.stringContaining('blue and green have the same url')]);
});

describe.each(STARTER_KINDS)('the configuration that init writes for a %s', (kind) => {
  const textFor = (service: string): string => STARTERS[kind].files(service)['headgate.yaml'] ?? '';

  test('is valid', () => {
    const config = load(textFor('orders'));

    expect(Object.keys(config.services)).toEqual(['orders']);
    expect(Object.values(config.routers)).toMatchObject([{ kind }]);
    expect(config.warnings).toEqual([]);
  });

  test('gives the worker a port that nothing else there has', () => {
    const { worker, ...others } = load(textFor('orders'));

    expect(JSON.stringify(others)).not.toContain(`:${String(worker.healthPort)}`);
  });

  test('goes with a specification whose checks its metrics can answer', () => {
    const [metrics] = Object.values(load(textFor('orders')).metrics);
    const spec = starterSpec('orders', STARTERS[kind]);

    const isHaproxy = metrics?.kind === 'prometheus' && metrics.counters === 'haproxy';
    expect(spec.includes('metric: latencyP99')).toBe(!isHaproxy);
    expect(() => parseSpecs(spec, { file: 'canary.yaml' })).not.toThrow();
  });

  test('is valid without the comment signs as well', () => {
    const text = textFor('checkout').replaceAll(/^( *)# (?=(health|workflowIdPrefix):)/gm, '$1');

    expect(load(text)).toMatchObject({
      workflowIdPrefix: 'staging/',
      services: { checkout: { health: { endpoints: ['/health'] } } },
    });
  });
});

test('a table of tiers replaces the usual one, tier by tier [K-02]', () => {
  const { tiers } = load(withMore('tiers: { professional: [canary], enterprise: [] }'));
  expect(tiers).toEqual({ personal: [], professional: ['canary'], enterprise: [] });
  expect(told(withMore('tiers: { profesional: [canary], enterprise: [blue] }'))).toMatchObject([
    expect.stringMatching(/tiers\.profesional.*Did you mean professional/s),
    expect.stringMatching(/tiers\.enterprise\[0\]/),
  ]);
});
