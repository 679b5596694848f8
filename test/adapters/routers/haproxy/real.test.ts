import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHaproxyRouter, type HaproxyAddress } from '../../../../src/adapters/routers/haproxy/router.js';
import { AdapterUnavailableError, WeightsNotLastingError } from '../../../../src/domain/errors.js';
import { nextFence, NO_FENCE } from '../../../../src/domain/traffic/fence.js';
import { splitBetween } from '../../../../src/domain/traffic/weights.js';
import type { InstanceWeights, TrafficRouter } from '../../../../src/ports/traffic-router.js';
import { startBackends, type Slot, type TestBackend } from '../../../contract/support/backends.js';
import { createUsers } from '../../../contract/support/users.js';
import { describeOn } from '../../../helpers/real-servers.js';
import { startHaproxy, type Haproxy, type HaproxySetup } from '../../haproxy/haproxy-process.js';
import { HAPROXY } from '../../haproxy/haproxy-server.js';

/** A decision later than all before it. */
let newest = NO_FENCE;
const anew = (): { readonly fence: number } => ({ fence: (newest = nextFence(newest)) });

const ROLES = { baseline: 'blue', candidate: 'green' };
const BACK = { baseline: 'green', candidate: 'blue' };
const ROUTE = { service: 'checkout', targets: { blue: 'blue', green: 'green' } };
/** Nobody here is silent: only a machine that stands still takes so long. */
const TIMEOUT_MS = 20_000;

describeOn(HAPROXY, 'router "haproxy", one instance', (executable) => {
  let backends: Readonly<Record<Slot, TestBackend>>;
  let haproxy: Haproxy;
  let router: TrafficRouter;

  const start = (setup: Omit<HaproxySetup, 'backends'> = {}): Promise<Haproxy> =>
    startHaproxy(executable, { backends: { blue: backends.blue.url, green: backends.green.url }, ...setup });
  const routerFor = (...instances: HaproxyAddress[]): TrafficRouter =>
    createHaproxyRouter({ map: 'share.map', instances, timeoutMs: TIMEOUT_MS });
  const whatItDoes = async (asked = router): Promise<InstanceWeights | undefined> =>
    (await asked.readWeights(ROUTE))[0];
  const mapText = (): string => readFileSync(haproxy.mapFile, 'utf8');

  beforeAll(async () => {
    backends = await startBackends();
    haproxy = await start();
    router = routerFor(haproxy);
  });

  afterAll(async () => {
    await haproxy.stop();
    await Promise.all([backends.blue.stop(), backends.green.stop()]);
  });

  beforeEach(() => router.setWeights(ROUTE, splitBetween(ROLES, 0), anew()));

  describe('the share', () => {
    test('is kept by a reload and by a restart, because the file of the map has it', async () => {
      await router.setWeights(ROUTE, splitBetween(ROLES, 25), anew());
      expect(mapText()).toContain('checkout green/25000/blue');
      await haproxy.reload();
      expect(await whatItDoes()).toMatchObject({ weights: splitBetween(ROLES, 25) });
      await haproxy.restart();
      expect(await whatItDoes()).toMatchObject({ weights: splitBetween(ROLES, 25) });
    });

    test('that an old file brings back is seen as drift [C-13]', async () => {
      const old = mapText();
      await router.setWeights(ROUTE, splitBetween(ROLES, 25), anew());
      writeFileSync(haproxy.mapFile, old);
      expect(await whatItDoes()).toMatchObject({ weights: splitBetween(ROLES, 25) });
      await haproxy.restart();
      expect(await whatItDoes()).toMatchObject({ weights: splitBetween(ROLES, 0) });
    });

    test('rises without moving a user off the candidate in the rollout after this one too, which goes the other way', async () => {
      const users = createUsers({ trafficUrls: [haproxy.trafficUrl], identify: (user) => ({ cookie: `uid=${user}` }) });
      try {
        const names = Array.from({ length: 300 }, (_, index) => `guest-${String(index)}`);
        const sides = async (): Promise<readonly (string | null)[]> =>
          (await users.visitAll(names.map((user) => ({ user })))).map(({ servedBy }) => servedBy);
        await router.setWeights(ROUTE, splitBetween(ROLES, 100), anew());
        let onBlue = new Set<string>();
        for (const percent of [0, 10, 50, 100]) {
          await router.setWeights(ROUTE, splitBetween(BACK, percent), anew());
          const seen = await sides();
          const now = new Set(names.filter((_, index) => seen[index] === 'blue'));
          expect([...onBlue].filter((name) => !now.has(name))).toEqual([]);
          onBlue = now;
        }
        expect(onBlue.size).toBe(names.length);
      } finally {
        await users.close();
      }
    });
  });

  describe('a map file that cannot be written', () => {
    const elsewhere = (): string => join(haproxy.folder, 'elsewhere');

    test('does not keep the share from being set at once, and is said to lose it at a reload', async () => {
      const broken = routerFor({ socket: haproxy.socket, mapFile: join(elsewhere(), 'share.map') });
      const refusal: unknown = await broken
        .setWeights(ROUTE, splitBetween(ROLES, 25), anew())
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(WeightsNotLastingError);
      expect(refusal).toMatchObject({
        message: 'router "haproxy": the weights are not in the map file: a restart would lose them',
        got: expect.stringMatching(/elsewhere\/share\.map: ENOENT/) as string,
      });
      expect(await whatItDoes()).toMatchObject({ weights: splitBetween(ROLES, 25) });
    });

    test('is known before anything has moved', async () => {
      mkdirSync(elsewhere());
      writeFileSync(join(elsewhere(), 'share.map'), '# no line for it\n');
      const broken = routerFor({ socket: haproxy.socket, mapFile: join(elsewhere(), 'share.map') });
      expect(await whatItDoes(broken)).toMatchObject({
        weights: splitBetween(ROLES, 0),
        fleeting: expect.stringMatching(
          /^its map file cannot be written, so a restart would lose the weights: .*has no line for checkout/,
        ) as string,
      });
      rmSync(elsewhere(), { recursive: true });
    });

    test('is no concern where the configuration says that there is none', async () => {
      const without = routerFor({ socket: haproxy.socket, mapFile: null });
      await without.setWeights(ROUTE, splitBetween(ROLES, 50), anew());
      expect(await whatItDoes(without)).toEqual({
        instance: haproxy.socket,
        weights: splitBetween(ROLES, 50),
        fence: newest,
      });
      expect(mapText()).toContain('checkout green/0/blue');
    });
  });

  describe('a socket', () => {
    test('that is gone makes its instance unreachable, and no other', async () => {
      const both = routerFor(haproxy, { socket: join(haproxy.folder, 'gone.sock'), mapFile: null });
      await expect(both.setWeights(ROUTE, splitBetween(ROLES, 5), anew())).rejects.toMatchObject({
        message: 'router "haproxy": 1 of 2 instances could not be told',
        got: expect.stringMatching(/gone\.sock: connect ENOENT/) as string,
      });
      expect(await both.readWeights(ROUTE)).toEqual([
        { instance: haproxy.socket, weights: splitBetween(ROLES, 5), fence: newest },
        { instance: join(haproxy.folder, 'gone.sock'), unreachable: expect.stringMatching(/ENOENT/) as string },
      ]);
    });

    test('of a process that has ended is unreachable until it is started again', async () => {
      await haproxy.halt();
      expect(await whatItDoes()).toMatchObject({ unreachable: expect.stringMatching(/ENOENT|ECONNREFUSED/) as string });
      await expect(router.setWeights(ROUTE, splitBetween(ROLES, 5), anew())).rejects.toThrow(AdapterUnavailableError);
      await haproxy.resume();
      // The file had been written: who starts again begins with what was asked for.
      expect(await whatItDoes()).toMatchObject({ weights: splitBetween(ROLES, 5) });
    });

    test('of the lowest level is enough for this HAProxy: it asks no level for its maps', async () => {
      const narrow = await start({ config: (text) => text.replace('level admin', 'level user') });
      try {
        await routerFor(narrow).setWeights(ROUTE, splitBetween(ROLES, 5), anew());
        expect(await whatItDoes(routerFor(narrow))).toMatchObject({ weights: splitBetween(ROLES, 5) });
      } finally {
        await narrow.stop();
      }
    });
  });

  describe('a configuration that Headgate cannot steer is refused with the reason:', () => {
    const refusalOf = async (
      setup: Omit<HaproxySetup, 'backends'>,
      map = 'share.map',
      route = ROUTE,
    ): Promise<unknown> => {
      const other = await start(setup);
      try {
        const asked = createHaproxyRouter({
          map,
          instances: [{ socket: other.socket, mapFile: null }],
          timeoutMs: TIMEOUT_MS,
        });
        return await asked.readWeights(route).catch((error: unknown) => error);
      } finally {
        await other.stop();
      }
    };

    test('the map is not loaded', async () => {
      expect(await refusalOf({}, '/etc/other.map')).toMatchObject({
        message: 'router "haproxy": checkout cannot be split',
        got: expect.stringContaining('has not loaded the map /etc/other.map') as string,
        expected: 'a haproxy.cfg that splits by map(/etc/other.map)',
      });
    });

    test('the map has no entry for the service', async () => {
      expect(await refusalOf({ map: 'other green/0/blue\n' })).toMatchObject({
        got: expect.stringContaining('its map share.map has no entry checkout') as string,
        remedy: expect.stringMatching(/^Add the line, and to haproxy\.cfg what looks it up/) as string,
      });
    });

    test('the entry says something else', async () => {
      expect(await refusalOf({ map: 'checkout 5000\n' })).toMatchObject({
        got: expect.stringContaining('the entry checkout of its map share.map is no split: "5000"') as string,
      });
    });

    test('it splits by the weights of servers', async () => {
      const byServers = (text: string): string =>
        `${text.slice(0, text.indexOf('frontend'))}
frontend users
  bind ${/frontend \S+\n {2}bind (\S+)/.exec(text)?.[1] ?? ''}
  default_backend web
backend web
  server blue ${new URL(backends.blue.url).host} weight 95
  server green ${new URL(backends.green.url).host} weight 5
${text.slice(text.indexOf('# Counts for'))}`;
      expect(await refusalOf({ config: byServers })).toMatchObject({
        message: 'router "haproxy": checkout cannot be split',
        got: expect.stringMatching(
          /splits by the weights of the servers blue and green in its backend web\. That leaves users with a cookie on the candidate/,
        ) as string,
        expected: 'a backend for each slot, and a map that says who gets which',
      });
    });
  });

  test.each(['a;shutdown sessions server blue', 'a\nshow info', 'a b', ''])(
    'a name that is more than a word never reaches the socket: %j',
    async (name) => {
      const before = await haproxy.ask('show map share.map');
      for (const route of [
        { ...ROUTE, service: name },
        { ...ROUTE, targets: { blue: 'blue', green: name } },
      ]) {
        await expect(router.readWeights(route)).rejects.toThrow(/cannot be a name in HAProxy/);
        await expect(router.setWeights(route, splitBetween(ROLES, 5), anew())).rejects.toThrow(
          /cannot be a name in HAProxy/,
        );
      }
      expect(await haproxy.ask('show map share.map')).toBe(before);
    },
  );
});
