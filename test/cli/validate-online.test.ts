import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import type { Sampled } from '../../src/domain/analysis/sample.js';
import { faultOf } from '../../src/domain/health/answer.js';
import { pathOf } from '../../src/domain/health/health-plan.js';
import { splitBetween } from '../../src/domain/traffic/weights.js';
import type { MetricSource } from '../../src/ports/metric-source.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { fitService, portsOf } from '../activities/support/fabricated.js';
import { parseDocument } from './support/document-schemas.js';
import { runCli } from './support/surroundings.js';

const SPEC = `apiVersion: headgate/v1
kind: Canary
service: checkout
version: 2.7.0
stages: [{ traffic: 5%, duration: 10m }, { traffic: 100% }]
monitoringInterval: 20s
checks:
  - { metric: latencyP99, max: 300ms }
  - { name: queue, query: 'q{{version}}', source: queues, max: 5 }
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-online-'));
  await writeFile(join(folder, 'canary.yaml'), SPEC);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const timed: Sampled = {
  requests: 5,
  errors: 0,
  latencyHistogram: [100, 250, null].map((leMs) => ({ leMs, count: 5 })),
};

const metrics = (sample: Sampled, change: Partial<MetricSource> = {}): MetricSource => ({
  samples: () => Promise.resolve([sample]),
  scalar: () => Promise.resolve('no-data'),
  resolutionMs: () => Promise.resolve(5000),
  ...change,
});

const queues: MetricSource = {
  samples: () => Promise.reject(new Error('it counts nothing')),
  scalar: ({ query }) => Promise.resolve(query === 'q[2.7.0]' ? 3 : 'no-data'),
  fill: (query, { version }) => query.replace('{{version}}', `[${version}]`),
};

async function online(
  source: MetricSource,
  sources: Readonly<Record<string, MetricSource>> = { queues },
  change: Partial<ServicePorts> = {},
) {
  const ports = portsOf(fitService({ metrics: source, sources, ...change }));
  const session = {
    config: () => Promise.resolve(loadConfig({ env: {}, cwd: folder })),
    ports: () => Promise.resolve(ports),
  };
  const { code, stdout } = await runCli(['validate', 'canary.yaml', '--online', '-o', 'json'], {
    cwd: folder,
    session,
  });
  const document = parseDocument(stdout) as unknown as {
    files: readonly { problems: readonly { rule: string; got: string }[]; advice: readonly string[] }[];
  };
  const [file] = document.files;
  return { code, rules: file?.problems.map(({ rule }) => rule), advice: file?.advice ?? [] };
}

test('a source that answers everything is fine, and the nearest edge of a bound is named', async () => {
  const { code, rules, advice } = await online(metrics(timed));
  expect({ code, rules }).toEqual({ code: 0, rules: [] });
  expect(advice.join('\n')).toMatch(/max 300ms is not the edge of a bucket.*250ms/);
});

test('a source that does not count everything is fine, and says what', async () => {
  const caveats = ({ target }: { target: string }) => Promise.resolve([`the first scrape of ${target} is left out`]);
  const { code, advice } = await online(metrics(timed, { caveats }));
  expect({ code, said: advice.at(-1) }).toEqual({ code: 0, said: 'the first scrape of blue is left out' });
});

test.each<readonly [string, MetricSource, readonly string[]]>([
  ['no data of the baseline', metrics('no-data'), ['online.metrics']],
  ['no latencies where there is traffic', metrics({ requests: 5, errors: 0 }), ['online.latency']],
  ['no latencies at all', metrics({ requests: 0, errors: 0 }, { countsLatencies: false }), ['online.latency']],
  ['a look every 15 s', metrics(timed, { resolutionMs: () => Promise.resolve(15_000) }), ['online.interval']],
])('%s is a problem [C-14]', async (_, source, rules) => {
  expect(await online(source)).toMatchObject({ code: 2, rules });
});

test('a source that nobody configured is a problem', async () => {
  expect(await online(metrics(timed), {})).toMatchObject({ code: 2, rules: ['online.source'] });
});

test('a split that could not be written is a problem, with what helps; the router is asked for every stage [W36]', async () => {
  const asked: unknown[] = [];
  const { router } = fitService();
  const obstacle = { message: 'it lacks a hash', expected: 'a hash', remedy: 'Add it', forbidsEveryWrite: false };
  const whyNotSplittable: typeof router.whyNotSplittable = (_, splits) => {
    asked.push(...splits);
    return Promise.resolve([obstacle]);
  };
  const found = await online(metrics(timed), { queues }, { router: { ...router, whyNotSplittable } });
  expect(found).toMatchObject({ code: 2, rules: ['online.split'] });
  expect(asked).toEqual([5, 100, 0].map((percent) => splitBetween({ baseline: 'blue', candidate: 'green' }, percent)));
});

describe('a candidate that says 200 to everything, as a page for everybody or a login does', () => {
  const CATCH_ALL: ServicePorts['probe'] = {
    probe: (_, endpoint) => Promise.resolve(faultOf({ ...PAGE }, endpoint) === null ? WELL : UNWELL),
  };
  const PAGE = { status: 200, body: '<html>', isCut: false, latencyMs: 1 };
  const WELL = { healthy: true, latencyMs: 1, body: '<html>' } as const;
  const UNWELL = { healthy: false, latencyMs: 1, reason: 'answered otherwise' } as const;
  const health = { endpoints: ['/health'], intervalMs: 1000, timeoutMs: 200, successThreshold: 0.95 };
  const warnings = async (change: Partial<ServicePorts>): Promise<readonly string[]> => {
    const { advice } = await online(metrics(timed), { queues }, change);
    return advice.filter((sentence) => sentence.includes('a path that cannot be there'));
  };

  test('draws a warning: its health says nothing', async () => {
    expect(await warnings({ probe: CATCH_ALL, health })).toEqual([
      expect.stringMatching(
        /^green answers a path that cannot be there as it answers \/health \(GET http:\/\/green.test\/headgate-[0-9a-f-]+\): that says nothing about its health; ask for something in the body, by contains: or json:$/,
      ),
    ]);
  });

  test('draws none when something is asked of the body, or when it knows its paths', async () => {
    const asking = { ...health, endpoints: [{ path: '/health', json: { pointer: '/ok', equals: true } }] };
    expect(await warnings({ probe: CATCH_ALL, health: asking })).toEqual([]);
    const knowing: ServicePorts['probe'] = {
      probe: (_, endpoint) => Promise.resolve(pathOf(endpoint) === '/health' ? WELL : UNWELL),
    };
    expect(await warnings({ probe: knowing, health })).toEqual([]);
  });
});
