import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEnvoyRouter } from '../../../../src/adapters/routers/envoy/router.js';
import { nextFence } from '../../../../src/domain/traffic/fence.js';
import { splitBetween, type Weights } from '../../../../src/domain/traffic/weights.js';
import type { TrafficRouter } from '../../../../src/ports/traffic-router.js';
import { startBackends, type Slot, type TestBackend } from '../../../contract/support/backends.js';
import { eventually } from '../../../contract/support/eventually.js';
import { greatestIn } from '../../../contract/support/later.js';
import { setPatiently } from '../../../contract/support/set-patiently.js';
import { describeOnEnvoy } from '../../../helpers/envoy-server.js';
import { startEnvoyPlane, type EnvoyPlane } from '../../envoy/envoy-plane.js';

const ROLES = { baseline: 'blue', candidate: 'green' };
const NOWHERE = 'http://127.0.0.1:1';

await describeOnEnvoy('the Envoy router', (executable) => {
  let backends: Readonly<Record<Slot, TestBackend>>;
  let plane: EnvoyPlane;
  let file: string;

  beforeAll(async () => {
    backends = await startBackends();
    plane = await startEnvoyPlane(
      { backends: { blue: backends.blue.url, green: backends.green.url }, instances: 2 },
      { executable, sticky: { header: 'x-user' } },
    );
    file = plane.routeFiles[0] ?? '';
  });

  afterAll(async () => {
    await plane.stop();
    await Promise.all([backends.blue.stop(), backends.green.stop()]);
  });

  const set = (percent: number): Promise<number> => setPatiently(plane, splitBetween(ROLES, percent));
  const anew = async (): Promise<{ readonly fence: number }> => ({
    fence: nextFence(greatestIn(await plane.router.readWeights(plane.route))),
  });
  const setOnce = async (percent: number): Promise<void> =>
    plane.router.setWeights(plane.route, splitBetween(ROLES, percent), await anew());

  beforeEach(() => set(0));

  /** As a person does who edits a copy and moves it over the file. */
  const edit = async (change: (text: string) => string): Promise<void> => {
    await writeFile(`${file}.mine`, change(await readFile(file, 'utf8')));
    await rename(`${file}.mine`, file);
  };

  const read = async (router: TrafficRouter = plane.router): Promise<readonly (Weights | string)[]> =>
    (await router.readWeights(plane.route)).map((one) => ('weights' in one ? one.weights : one.unreachable));

  /** One that answers too late, on a busy machine, is asked again. */
  const readAll = (): Promise<readonly (Weights | string)[]> =>
    eventually('both Envoys to answer', async () => {
      const all = await read();
      return all.some((one) => typeof one === 'string') ? undefined : all;
    });

  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'nothing failed',
      (error: unknown) => error,
    );

  test('shows as drift what a person, or an older file that came back, changed [C-13]', async () => {
    const old = await readFile(file, 'utf8');
    await set(40);
    await edit(() => old);
    const drifted = await eventually('both Envoys to serve the old weights', async () => {
      const all = await read();
      return all.every((one) => typeof one !== 'string' && one[0]?.percent === 0) ? all : undefined;
    });
    expect(drifted).toHaveLength(2);
    await set(40);
    expect(await readAll()).toEqual([splitBetween(ROLES, 40), splitBetween(ROLES, 40)]);
  });

  test('shows traffic to a cluster that the service does not know, and takes it back [C-13]', async () => {
    const good = await readFile(file, 'utf8');
    await edit((text) => withStranger(text).replace('validate_clusters: true', 'validate_clusters: false'));
    await eventually('the stranger to be served', async () =>
      JSON.stringify(await read()).includes('purple') ? true : undefined,
    );
    await set(0);
    const [weights] = await readAll();
    expect(weights).toContainEqual({ backend: 'purple', percent: 0 });
    await edit(() => good);
  });

  test('says that an Envoy has refused a cluster that is not there, and nobody is sent to it', async () => {
    const good = await readFile(file, 'utf8');
    await edit(withStranger);
    expect(await failureOf(setOnce(30))).toMatchObject({
      got: expect.stringMatching(/still does shop-green 0, shop-blue 100000.*refused what the file says/) as string,
    });
    await edit(() => good);
  });

  test('says that an Envoy has refused an edit, where its reason stands, and what it does instead', async () => {
    const good = await readFile(file, 'utf8');
    await edit((text) => text.replace('timeout: 15s', 'timeout: soon'));
    try {
      expect(await failureOf(setOnce(30))).toMatchObject({
        code: 'ADAPTER_UNAVAILABLE',
        message: expect.stringContaining('2 of 2 instances do not serve') as string,
        expected: 'green 30 %, blue 70 %',
        got: expect.stringMatching(
          /still does shop-green 0, shop-blue 100000.*refused what the file says.*update_\w+ \d.*Filesystem config update/,
        ) as string,
      });
    } finally {
      await edit(() => good);
    }
  });

  test('says that an Envoy does not look at the file that is written', async () => {
    const other = `${file}.other.yaml`;
    await writeFile(other, await readFile(file, 'utf8'));
    const [admin = ''] = plane.adminUrls;
    const router = createEnvoyRouter({ instances: [{ admin, routes: other }], timeoutMs: 5000 });
    expect(await failureOf(router.setWeights(plane.route, splitBetween(ROLES, 30), await anew()))).toMatchObject({
      got: expect.stringContaining('still does shop-') as string,
    });
  });

  test('names an instance that cannot be reached, while the others are read and set [C-03]', async () => {
    const [admin = ''] = plane.adminUrls;
    const router = createEnvoyRouter({
      instances: [
        { admin: NOWHERE, routes: file },
        { admin, routes: file },
      ],
      timeoutMs: 20_000,
    });
    expect(await failureOf(router.setWeights(plane.route, splitBetween(ROLES, 10), await anew()))).toMatchObject({
      message: expect.stringContaining('1 of 2 instances') as string,
      got: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/) as string,
    });
    expect(await read(router)).toEqual([expect.stringContaining('ECONNREFUSED'), splitBetween(ROLES, 10)]);
  });

  test('names the instances of a file that is damaged, and sets those of the other one', async () => {
    const damaged = `${file}.damaged.yaml`;
    await writeFile(damaged, 'resources: [');
    const [first = '', second = ''] = plane.adminUrls;
    const router = createEnvoyRouter({
      instances: [
        { admin: first, routes: file },
        { admin: second, routes: damaged },
      ],
      timeoutMs: 20_000,
    });
    expect(await failureOf(router.setWeights(plane.route, splitBetween(ROLES, 20), await anew()))).toMatchObject({
      message: expect.stringContaining('1 of 2 instances') as string,
      got: expect.stringContaining(`${second}: ${damaged} is no RDS file`) as string,
    });
    expect(await readFile(damaged, 'utf8')).toBe('resources: [');
    expect((await readAll())[0]).toEqual(splitBetween(ROLES, 20));
  });

  test.each([
    ['is damaged', 'resources: [', /cannot be changed: .* is no RDS file/],
    ['does not name the route', 'resources: [{ virtual_hosts: [] }]', /cannot be changed: .* has no route named shop/],
    ['is not there', null, /cannot be changed: .* cannot be read: .*ENOENT/],
  ])('knows before anything has moved that a file %s, and of which instance [C-03]', async (_, text, reason) => {
    const fence = await set(0);
    const other = `${file}.other.yaml`;
    await rm(other, { force: true });
    if (text !== null) await writeFile(other, text);
    const [first = '', second = ''] = plane.adminUrls;
    const router = createEnvoyRouter({
      instances: [
        { admin: first, routes: file },
        { admin: second, routes: other },
      ],
      timeoutMs: 20_000,
    });
    expect(await router.readWeights(plane.route)).toEqual([
      { instance: first, weights: splitBetween(ROLES, 0), fence },
      { instance: second, weights: splitBetween(ROLES, 0), fence, fleeting: expect.stringMatching(reason) as string },
    ]);
  });

  test('refuses a route that no Envoy has, with a remedy', async () => {
    expect(await failureOf(plane.router.readWeights({ ...plane.route, service: 'cart' }))).toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      expected: expect.stringContaining('cart') as string,
      got: expect.stringContaining(plane.instances[1] ?? '') as string,
      remedy: expect.stringContaining('docs/envoy.md') as string,
    });
  });

  test('refuses a split that would not be sticky, and puts everybody back all the same [C-11]', async () => {
    await set(30);
    await edit((text) => text.replace('use_hash_policy: true', 'use_hash_policy: false'));
    try {
      expect(await failureOf(setOnce(50))).toMatchObject({
        got: expect.stringContaining('lacks use_hash_policy: true') as string,
        remedy: 'Add use_hash_policy: true to its weighted_clusters.',
      });
      await set(0);
      expect(await readAll()).toEqual([splitBetween(ROLES, 0), splitBetween(ROLES, 0)]);
    } finally {
      await edit((text) => text.replace('use_hash_policy: false', 'use_hash_policy: true'));
    }
  });
});

function withStranger(text: string): string {
  return text.replace(
    '- { name: shop-blue',
    '- { name: purple, weight: 50000 }\n                  - { name: shop-blue',
  );
}

describe('something that is no Envoy', () => {
  test('is unreachable and quoted', async () => {
    const backends = await startBackends();
    const router = createEnvoyRouter({
      instances: [{ admin: backends.blue.url, routes: '/nowhere.yaml' }],
      timeoutMs: 20_000,
    });
    const [answer] = await router.readWeights({ service: 'shop', targets: {} });
    expect(answer).toMatchObject({ unreachable: expect.stringContaining('would not: blue 0') as string });
    await Promise.all([backends.blue.stop(), backends.green.stop()]);
  });
});
