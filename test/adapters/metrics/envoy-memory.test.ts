import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CounterMemory } from '../../../src/adapters/metrics/envoy/memory.js';
import { createEnvoyMetrics, type EnvoyMetrics } from '../../../src/adapters/metrics/envoy/source.js';
import type { Counters } from '../../../src/adapters/metrics/envoy/counters.js';
import { until, untilMoment } from '../../helpers/until.js';

const INTERVAL_MS = 1000;
const HOUR_MS = 3_600_000;

const counters = (requests: number, errors = 0, fast = requests): Counters => ({
  requests,
  errors,
  latency: new Map([
    [10, fast],
    [1000, requests],
  ]),
});

/** One that looks no longer than its test. */
function metricsOf(url: string, intervalMs: number): EnvoyMetrics {
  const metrics = createEnvoyMetrics({ instances: [url], timeoutMs: 20_000, intervalMs });
  onTestFinished(() => metrics.stop());
  return metrics;
}

function memoryOf(looks: readonly (readonly [atMs: number, counters: Counters, life?: number])[]): CounterMemory {
  const memory = new CounterMemory(INTERVAL_MS, HOUR_MS);
  for (const [atMs, seen, life = 0] of looks) memory.add({ atMs, life, counters: seen });
  return memory;
}

describe('what an Envoy had counted, look by look', () => {
  test('becomes the counts of an interval', () => {
    const memory = memoryOf([
      [0, counters(100, 5, 90)],
      [1000, counters(150, 6, 110)],
      [2000, counters(150, 6, 110)],
    ]);
    expect(memory.between(500, 1500)).toEqual({
      requests: 50,
      errors: 1,
      latencyHistogram: [
        { leMs: 10, count: 20 },
        { leMs: 1000, count: 50 },
        { leMs: null, count: 50 },
      ],
    });
    expect(memory.between(1000, 2000)).toMatchObject({ requests: 0, errors: 0 });
  });

  test.each([
    ['before the first look', -10, 500],
    ['after the newest one', 500, 2001],
  ])('says nothing of time %s [C-14]', (_, fromMs, toMs) => {
    const memory = memoryOf([
      [0, counters(1)],
      [1000, counters(2)],
      [2000, counters(3)],
    ]);
    expect(memory.between(fromMs, toMs)).toBe('no-data');
  });

  test('says nothing where nobody looked for long, and knows again what came after [C-14]', () => {
    const memory = memoryOf([
      [0, counters(10)],
      [20_000, counters(90)],
      [21_000, counters(95)],
    ]);
    expect(memory.between(0, 10_000)).toBe('no-data');
    expect(memory.between(10_000, 20_000)).toBe('no-data');
    expect(memory.between(0, 20_000)).toMatchObject({ requests: 80 });
    expect(memory.between(20_000, 21_000)).toMatchObject({ requests: 5 });
  });

  test('says nothing around counters that went down at an unbroken age: two answer in turn [W22]', () => {
    const [a, b] = [counters(1000, 10), counters(5000, 1200)];
    const memory = memoryOf([
      [0, a],
      [1000, b],
      [2000, a],
      [3000, b],
      [303_000, b],
      [304_000, counters(5001, 1200)],
    ]);
    for (const fromMs of [0, 1000, 2000]) expect(memory.between(fromMs, fromMs + 1000)).toBe('no-data');
    expect(memory.whyUnknown(0, 3000)).toBe('its requests went from 5,000 down to 1,000');
    expect(memory.between(303_000, 304_000)).toMatchObject({ requests: 1, errors: 0 });
    expect(memory.whyUnknown(303_000, 304_000)).toBeNull();
  });

  test('knows of unanswered requests after that what is true of the one that answers [W22]', () => {
    const hung = (requests: number, unanswered: number): Counters => ({ ...counters(requests), unanswered });
    const memory = memoryOf([
      [0, hung(5000, 900)],
      [1000, hung(1000, 2)],
      [303_000, hung(1010, 2)],
      [304_000, hung(1020, 7)],
    ]);
    expect(memory.between(303_000, 304_000)).toMatchObject({ requests: 15, unanswered: 5 });
  });

  test('takes no answer that was under way at the first look for a request without one [W10]', () => {
    const looked = (requests: number, unanswered: number, active: number): Counters => ({
      ...counters(requests),
      unanswered,
      active,
    });
    const memory = memoryOf([
      [0, looked(10, -3, 3)],
      [1000, looked(15, 0, 0)],
      [2000, looked(15, 2, 0)],
    ]);
    const answered = memory.between(0, 1000);
    expect(answered).toMatchObject({ requests: 5 });
    expect(answered).not.toHaveProperty('unanswered');
    expect(memory.between(1000, 2000)).toMatchObject({ requests: 2, unanswered: 2 });
  });

  test('says nothing across a restart of Envoy, which is known by its age', () => {
    const [after, life] = [counters(500), 1];
    const memory = memoryOf([
      [0, counters(100)],
      [1000, counters(110)],
      [2000, after, life],
      [3000, counters(after.requests + 1), life],
    ]);
    expect(memory.between(0, 1000)).toMatchObject({ requests: 10 });
    expect(memory.between(500, 2500)).toBe('no-data');
    expect(memory.between(2000, 3000)).toMatchObject({ requests: 1 });
  });

  test('loses no request and counts none twice, however time is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(50), { minLength: 3, maxLength: 30 }),
        fc.array(fc.nat(30_000), { maxLength: 8 }),
        (perLook, cuts) => {
          let requests = 0;
          const memory = memoryOf(
            perLook.map((more, index) => {
              requests += more;
              return [index * INTERVAL_MS, counters(requests)] as const;
            }),
          );
          const endMs = (perLook.length - 1) * INTERVAL_MS;
          const edges = [0, ...cuts.map((cut) => cut % (endMs + 1)).sort((a, b) => a - b), endMs];
          const parts = edges.slice(1).map((toMs, index) => memory.between(edges[index] ?? 0, toMs));
          const sum = parts.reduce((total, part) => total + (part === 'no-data' ? NaN : part.requests), 0);
          expect(sum).toBe(requests - (perLook[0] ?? 0));
        },
      ),
    );
  });
});

/** Answers as an Envoy would that has these stats. */
async function fakeEnvoy(
  stats: readonly object[] | (() => readonly object[]),
  clusters = ['shop-blue', 'shop-green'],
): Promise<string> {
  const weighted = { clusters: clusters.map((name) => ({ name, weight: 1 })) };
  const routes = [{ name: 'shop', route: { weighted_clusters: weighted } }];
  const dump = { configs: [{ route_config: { virtual_hosts: [{ routes }] } }] };
  const server = createServer((request, response) => {
    const isDump = request.url?.startsWith('/config_dump') === true;
    const told = (): readonly object[] => (typeof stats === 'function' ? stats() : stats);
    response.end(JSON.stringify(isDump ? dump : { stats: told() }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

describe("the metrics of an Envoy's own counters", () => {
  const question = { service: 'shop', backend: 'green', target: 'shop-green', fromMs: 0, toMs: 1, stepMs: 1 };
  const ask = (url: string, query = question): Promise<unknown> =>
    metricsOf(url, 1000)
      .samples(query)
      .catch((error: unknown) => error);

  test('are looked at again and again from the first question on, until somebody stops that', async () => {
    let looks = 0;
    const everyMs = 20;
    const url = await fakeEnvoy(() => {
      looks += 1;
      return [{ name: 'server.uptime', value: 1 }];
    });
    const metrics = metricsOf(url, everyMs);
    await metrics.samples(question).catch(() => undefined);
    await until('it has looked by itself', () => looks > 4);
    metrics.stop();
    await untilMoment('the last look to be over', Date.now() + 5 * everyMs);
    const before = looks;
    await untilMoment('several looks to be due', Date.now() + 10 * everyMs);
    expect(looks).toBe(before);
  });

  test('are refused for a route that the Envoy does not serve, and for a cluster that the route does not name', async () => {
    const url = await fakeEnvoy([{ name: 'server.uptime', value: 1 }]);
    expect(await ask(url, { ...question, service: 'cart' })).toMatchObject({
      got: expect.stringContaining('no route named cart') as string,
    });
    expect(await ask(url, { ...question, target: 'purple' })).toMatchObject({
      got: expect.stringContaining('does not name the cluster purple') as string,
    });
  });

  test('are refused for a cluster that is named and not there, which is never a zero [C-14]', async () => {
    const url = await fakeEnvoy([
      { name: 'server.uptime', value: 1 },
      { name: 'cluster.shop-blue.upstream_rq_completed', value: 7 },
    ]);
    expect(await ask(url)).toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      got: expect.stringContaining('no cluster named shop-green') as string,
    });
    expect(await ask(url, { ...question, target: 'shop-blue' })).toEqual(['no-data']);
  });

  test('of something that is no Envoy are refused and quoted', async () => {
    expect(await ask(await fakeEnvoy([{ name: 'other', value: 1 }]))).toMatchObject({
      got: expect.stringContaining('an Envoy would not') as string,
    });
  });

  test('of two that answer in turn at one address are no data: neither has counted what the other had [W22]', async () => {
    const old = [
      { name: 'server.uptime', value: 90_000 },
      { name: 'cluster.shop-green.upstream_rq_completed', value: 2000 },
    ];
    const young = [
      { name: 'server.uptime', value: 500 },
      { name: 'cluster.shop-green.upstream_rq_completed', value: 500 },
    ];
    let looks = 0;
    const url = await fakeEnvoy(() => (looks++ % 2 === 0 ? old : young));
    const metrics = metricsOf(url, HOUR_MS);
    const edges: number[] = [];
    for (let look = 0; look < 5; look += 1) {
      const nowMs = await until('a later moment', () =>
        Date.now() > (edges.at(-1) ?? 0) + 5 ? Date.now() : undefined,
      );
      edges.push(nowMs);
      await metrics.samples({ ...question, fromMs: nowMs - 1, toMs: nowMs });
    }
    const fromMs = (edges[0] ?? 0) + 4;
    const toMs = edges.at(-1) ?? fromMs;
    const stepMs = Math.max(1, Math.floor((toMs - fromMs) / 8));
    const samples = await metrics.samples({ ...question, fromMs, toMs, stepMs });
    expect(samples.filter((sample) => sample !== 'no-data' && sample.requests > 0)).toEqual([]);
  });

  test('of two that are as old as each other are no data either, and the cause is named [W22]', async () => {
    const shown = (requests: number, errors: number): readonly object[] => [
      { name: 'server.uptime', value: 500 },
      { name: 'cluster.shop-green.upstream_rq_completed', value: requests },
      { name: 'cluster.shop-green.upstream_rq_5xx', value: errors },
    ];
    let looks = 0;
    const url = await fakeEnvoy(() => (looks++ % 2 === 0 ? shown(1000, 10) : shown(5000, 1200)));
    const metrics = metricsOf(url, HOUR_MS);
    const beganAtMs = Date.now();
    const now = { ...question, fromMs: beganAtMs, toMs: beganAtMs + 1 };
    for (let look = 0; look < 4; look += 1) await metrics.samples(now);
    const range = { ...question, fromMs: beganAtMs, toMs: Date.now() };
    expect(await metrics.whyUnknown?.(range)).toBe(
      `several Envoys answer in turn at ${url}: of the cluster shop-green its requests went from 5,000 down to 1,000, and ` +
        'its age says that it was not started again; name the admin address of each instance by itself',
    );
  });

  test('say what to use for a query instead', async () => {
    const metrics = createEnvoyMetrics({ instances: ['http://127.0.0.1:1'], timeoutMs: 100, intervalMs: 1000 });
    await expect(metrics.scalar({ query: 'up', atMs: 0, windowMs: 1 })).rejects.toMatchObject({
      got: 'up',
      remedy: expect.stringContaining('errorRate') as string,
    });
  });
});
