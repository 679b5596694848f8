import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createGatewayMetrics } from '../../../src/adapters/metrics/gateway.js';
import { createGatewayRouter } from '../../../src/adapters/routers/gateway.js';
import { WeightsNotLastingError } from '../../../src/domain/errors.js';
import { freePort } from '../../../src/dev/free-port.js';
import { startGateway, type Gateway } from '../../../src/gateway/gateway.js';
import type { Route } from '../../../src/ports/traffic-router.js';
import { until } from '../../contract/support/eventually.js';
import { startCustomBackend } from '../../gateway/support/custom-backend.js';
import { admin, Releasers } from '../../gateway/support/gateway.js';

const releasers = new Releasers();
afterEach(() => releasers.releaseAll());

const ROUTE: Route = { service: 'shop', targets: { blue: 'shop-blue', green: 'shop-green' } };
const HALF = [
  { backend: 'green', percent: 50 },
  { backend: 'blue', percent: 50 },
];
const NOWHERE = 'http://127.0.0.1:1';
/** Nobody here is silent: only a machine that stands still takes so long. */
const TIMEOUT_MS = 20_000;

async function gateway(backends: readonly string[] = ['shop-blue', 'shop-green'], adminPort = 0): Promise<Gateway> {
  const urls = Object.fromEntries(backends.map((name) => [name, { url: NOWHERE }]));
  const started = await startGateway({ routes: [{ name: 'shop', backends: urls }], adminPort, ring: { grainMs: 20 } });
  return releasers.add(started, (running) => running.close());
}

async function impostor(status: number, body: unknown): Promise<string> {
  const server = await startCustomBackend((request, response) => {
    request.resume();
    response.writeHead(status).end(JSON.stringify(body));
  });
  return releasers.add(server, (running) => running.stop()).url;
}

describe('the gateway router', () => {
  test('names every instance that could not be told, and tells the others [C-03]', async () => {
    const one = await gateway();
    const other = await gateway();
    const router = createGatewayRouter({ instances: [NOWHERE, one.adminUrl, other.adminUrl], timeoutMs: TIMEOUT_MS });
    await expect(router.setWeights(ROUTE, HALF, { fence: 41 })).rejects.toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      message: expect.stringContaining('1 of 3 instances') as string,
      expected: 'green 50 %, blue 50 %',
      got: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/) as string,
    });
    expect(await router.readWeights(ROUTE)).toEqual([
      { instance: NOWHERE, unreachable: expect.stringContaining('ECONNREFUSED') as string },
      { instance: one.adminUrl, weights: HALF, fence: 41 },
      { instance: other.adminUrl, weights: HALF, fence: 41 },
    ]);
  });

  test('an instance without the route is reported as such while another has it', async () => {
    const empty = await startGateway();
    releasers.add(empty, (running) => running.close());
    const { adminUrl } = await gateway();
    const router = createGatewayRouter({ instances: [adminUrl, empty.adminUrl], timeoutMs: TIMEOUT_MS });
    expect(await router.readWeights(ROUTE)).toEqual([
      { instance: adminUrl, weights: [{ backend: 'blue', percent: 100 }], fence: 0 },
      { instance: empty.adminUrl, unreachable: expect.stringContaining('no route shop') as string },
    ]);
  });

  test('traffic to a backend that the service does not know is shown, not hidden [C-13]', async () => {
    const running = await gateway(['shop-blue', 'shop-green', 'shop-purple']);
    await admin(running, 'PUT', '/routes/shop/weights', { weights: [{ backend: 'shop-purple', percent: 100 }] });
    const router = createGatewayRouter({ instances: [running.adminUrl], timeoutMs: TIMEOUT_MS });
    expect(await router.readWeights(ROUTE)).toEqual([
      { instance: running.adminUrl, weights: [{ backend: 'shop-purple', percent: 100 }], fence: 0 },
    ]);
  });

  test('an instance that says yes and does something else has not been told', async () => {
    const url = await impostor(200, { weights: [{ backend: 'shop-blue', percent: 100 }] });
    const router = createGatewayRouter({ instances: [url], timeoutMs: TIMEOUT_MS });
    await expect(router.setWeights(ROUTE, HALF, { fence: 41 })).rejects.toMatchObject({
      got: expect.stringContaining('but does shop-blue 100 %') as string,
    });
  });

  test.each([
    [200, { hello: 'world' }, /would not: \{"hello":"world"\}/],
    [502, 'bad gateway', /answered 502: bad gateway/],
  ])('something that is no gateway, and answers %d, is unreachable and quoted', async (status, body, reason) => {
    const url = await impostor(status, body);
    const router = createGatewayRouter({ instances: [url], timeoutMs: TIMEOUT_MS });
    expect(await router.readWeights(ROUTE)).toEqual([
      { instance: url, unreachable: expect.stringMatching(reason) as string },
    ]);
  });

  test('a gateway that was restarted is told at the first attempt', async () => {
    const first = await gateway(undefined, await freePort());
    const { adminUrl } = first;
    const router = createGatewayRouter({ instances: [adminUrl], timeoutMs: TIMEOUT_MS });
    await Promise.all(Array.from({ length: 8 }, () => router.readWeights(ROUTE)));
    await first.close();
    await gateway(undefined, Number(new URL(adminUrl).port));
    await router.setWeights(ROUTE, HALF, { fence: 41 });
    expect(await router.readWeights(ROUTE)).toEqual([{ instance: adminUrl, weights: HALF, fence: 41 }]);
  });
});

describe('what a gateway could not split', () => {
  test('is nothing where it has both backends, and where it cannot be asked [W36]', async () => {
    const { adminUrl } = await gateway();
    const router = createGatewayRouter({ instances: [adminUrl, NOWHERE], timeoutMs: TIMEOUT_MS });
    expect(await router.whyNotSplittable(ROUTE, [HALF])).toEqual([]);
  });

  test('is a backend that an instance does not have, or a route [W36]', async () => {
    const [one, other] = [await gateway(['shop-blue']), await startGateway()];
    releasers.add(other, (running) => running.close());
    const router = createGatewayRouter({ instances: [one.adminUrl, other.adminUrl], timeoutMs: TIMEOUT_MS });
    expect(await router.whyNotSplittable(ROUTE, [HALF])).toMatchObject([
      { message: `${one.adminUrl}: its route shop has no backend shop-green`, forbidsEveryWrite: true },
      { message: `${other.adminUrl}: it has no route shop`, forbidsEveryWrite: true },
    ]);
  });
});

describe('a gateway whose state cannot be saved', () => {
  test('does what it is told, and is said to lose it at a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headgate-unsaved-'));
    releasers.add(folder, (path) => rm(path, { recursive: true }));
    const routes = [{ name: 'shop', backends: { 'shop-blue': { url: NOWHERE }, 'shop-green': { url: NOWHERE } } }];
    const started = await startGateway({ routes, stateFile: join(folder, 'state.json') });
    releasers.add(started, (running) => running.close());
    await mkdir(join(folder, 'state.json'));
    const router = createGatewayRouter({ instances: [started.adminUrl], timeoutMs: TIMEOUT_MS });
    const refusal: unknown = await router.setWeights(ROUTE, HALF, { fence: 41 }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(WeightsNotLastingError);
    expect(await router.readWeights(ROUTE)).toMatchObject([{ weights: HALF, fence: 41 }]);
    await rm(join(folder, 'state.json'), { recursive: true });
    await router.setWeights(ROUTE, HALF, { fence: 41 });
  });
});

describe('the gateway metrics', () => {
  const query = (fromMs: number, toMs: number): Parameters<ReturnType<typeof createGatewayMetrics>['samples']>[0] => ({
    service: 'shop',
    backend: 'blue',
    target: 'shop-blue',
    fromMs,
    toMs,
    stepMs: toMs - fromMs,
  });

  test('are unknown as a whole when one instance cannot tell, and name it [C-14]', async () => {
    const { adminUrl } = await gateway();
    const metrics = createGatewayMetrics({ instances: [adminUrl, NOWHERE], timeoutMs: TIMEOUT_MS });
    await expect(metrics.samples(query(Date.now() - 10, Date.now()))).rejects.toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      got: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/) as string,
    });
  });

  test('have no data for a time that one instance did not see', async () => {
    const first = await gateway();
    const fromMs = Date.now();
    await until('some time to pass', () => Date.now() > fromMs + 60);
    const toMs = Date.now();
    const second = await gateway();
    const both = createGatewayMetrics({ instances: [first.adminUrl, second.adminUrl], timeoutMs: TIMEOUT_MS });
    const one = createGatewayMetrics({ instances: [first.adminUrl], timeoutMs: TIMEOUT_MS });
    expect(await both.samples(query(fromMs, toMs))).toEqual(['no-data']);
    expect(await one.samples(query(fromMs, toMs))).toEqual([expect.objectContaining({ requests: 0 })]);
  });

  test('of instances that measure differently are refused', async () => {
    const answer = (bound: number): object => ({
      latencyBoundsMs: [bound],
      samples: [{ requests: 1, errors: 0, latencyCounts: [1, 0] }],
    });
    const instances = [await impostor(200, answer(10)), await impostor(200, answer(20))];
    const metrics = createGatewayMetrics({ instances, timeoutMs: TIMEOUT_MS });
    await expect(metrics.samples(query(0, 1))).rejects.toThrow(/different latency buckets/);
  });

  test('say what to use for a query instead', async () => {
    const metrics = createGatewayMetrics({ instances: [NOWHERE], timeoutMs: TIMEOUT_MS });
    await expect(metrics.scalar({ query: 'up', atMs: 0, windowMs: 1 })).rejects.toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      got: 'up',
      remedy: expect.stringContaining('errorRate') as string,
    });
  });
});
