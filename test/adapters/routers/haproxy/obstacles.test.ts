import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHaproxyRouter, type HaproxyAddress } from '../../../../src/adapters/routers/haproxy/router.js';
import { splitBetween } from '../../../../src/domain/traffic/weights.js';
import type { SplitObstacle, Route } from '../../../../src/ports/traffic-router.js';
import { describeOn } from '../../../helpers/real-servers.js';
import { startHaproxy, type Haproxy } from '../../haproxy/haproxy-process.js';
import { HAPROXY } from '../../haproxy/haproxy-server.js';

const ROUTE: Route = { service: 'checkout', targets: { blue: 'blue', green: 'green' } };
const SPLITS = [5, 50, 100].map((percent) => splitBetween({ baseline: 'blue', candidate: 'green' }, percent));
const BACKENDS = { blue: 'http://127.0.0.1:1', green: 'http://127.0.0.1:2' };
const TIMEOUT_MS = 20_000;

describeOn(HAPROXY, 'what an HAProxy could not split', (executable) => {
  let haproxy: Haproxy;

  beforeAll(async () => {
    haproxy = await startHaproxy(executable, { backends: BACKENDS });
  });
  afterAll(() => haproxy.stop());
  beforeEach(() => haproxy.ask('set map share.map checkout green/0/blue'));

  const obstacles = (
    change: { map?: string; route?: Route; instance?: Partial<HaproxyAddress> } = {},
  ): Promise<readonly SplitObstacle[]> =>
    createHaproxyRouter({
      map: change.map ?? 'share.map',
      instances: [{ socket: haproxy.socket, mapFile: haproxy.mapFile, ...change.instance }],
      timeoutMs: TIMEOUT_MS,
    }).whyNotSplittable(change.route ?? ROUTE, SPLITS);

  test('is nothing where all is well, and where it cannot be asked [W36]', async () => {
    expect(await obstacles()).toEqual([]);
    expect(await obstacles({ instance: { socket: join(haproxy.folder, 'gone.sock') } })).toEqual([]);
  });

  test('is a map that it has not loaded [W36]', async () => {
    expect(await obstacles({ map: '/etc/other.map' })).toMatchObject([
      {
        message: `${haproxy.socket} has not loaded the map /etc/other.map`,
        expected: 'a haproxy.cfg that splits by map(/etc/other.map)',
        forbidsEveryWrite: true,
      },
    ]);
  });

  test('is a service without an entry, in the process and in the file [W36]', async () => {
    expect(await obstacles({ route: { ...ROUTE, service: 'cart' } })).toMatchObject([
      { message: `${haproxy.socket} its map share.map has no entry cart`, forbidsEveryWrite: true },
      {
        message: expect.stringContaining(`${haproxy.mapFile} has no line for cart`) as string,
        forbidsEveryWrite: false,
      },
    ]);
  });

  test('is a map file without its line, before anything has moved [W36]', async () => {
    const other = join(haproxy.folder, 'other.map');
    writeFileSync(other, '# nothing\n');
    expect(await obstacles({ instance: { mapFile: other } })).toMatchObject([
      {
        message: `the map file cannot be written, so a restart would lose the weights: ${other} has no line for checkout: is it the file that this HAProxy reads?`,
        remedy: expect.stringMatching(/^Correct mapFile:/) as string,
        forbidsEveryWrite: false,
      },
    ]);
    writeFileSync(other, 'checkout web\n');
    expect(await obstacles({ instance: { mapFile: other } })).toMatchObject([
      { message: expect.stringContaining(`the line for checkout in ${other} is no split: "web"`) as string },
    ]);
    expect(await obstacles({ instance: { mapFile: join(haproxy.folder, 'gone.map') } })).toMatchObject([
      { message: expect.stringContaining('ENOENT') as string },
    ]);
  });

  test('is an entry that is no split [W36]', async () => {
    await haproxy.ask('set map share.map checkout web');
    expect(await obstacles()).toMatchObject([
      {
        message: `${haproxy.socket} the entry checkout of its map share.map is no split: "web"`,
        remedy: expect.stringMatching(/^Headgate leaves it as it is/) as string,
        forbidsEveryWrite: true,
      },
    ]);
  });

  test('is a backend that it does not have [W36]', async () => {
    const route = { service: 'checkout', targets: { blue: 'blue', green: 'verde' } };
    expect(await obstacles({ route })).toMatchObject([
      { message: `${haproxy.socket} has no backend verde`, expected: 'one of blue, green', forbidsEveryWrite: true },
    ]);
  });

  test('is no backend that was taken away under its users: what they have can be read, and they can be sent back [W6] [C-11]', async () => {
    await haproxy.ask('set map share.map checkout verde/20000/blue');
    const route = { ...ROUTE, targets: { blue: 'blue', green: 'verde' } };
    const router = createHaproxyRouter({
      map: 'share.map',
      instances: [{ socket: haproxy.socket, mapFile: null }],
      timeoutMs: TIMEOUT_MS,
    });
    const greens = async () => (await router.readWeights(route)).map((one) => 'weights' in one && one.weights);
    expect(await greens()).toMatchObject([[{ backend: 'green', percent: 20 }, { percent: 80 }]]);
    const back = splitBetween({ baseline: 'blue', candidate: 'green' }, 0);
    expect(await router.whyNotSplittable(route, [back])).toEqual([]);
    expect(await router.whyNotSplittable(route, SPLITS)).toMatchObject([
      { message: expect.stringContaining('has no backend verde') as string, expected: 'one of blue, green' },
    ]);
    await router.setWeights(route, back, { fence: 8_001 });
    expect(await greens()).toMatchObject([[{ backend: 'green', percent: 0 }, { percent: 100 }]]);
  });

  test('is a third backend that gets users [W36]', async () => {
    const route = { service: 'checkout', targets: { blue: 'blue', green: 'green', red: 'blue' } };
    const router = createHaproxyRouter({
      map: 'share.map',
      instances: [{ socket: haproxy.socket, mapFile: null }],
      timeoutMs: TIMEOUT_MS,
    });
    const thirds = ['blue', 'green', 'red'].map((backend) => ({ backend, percent: backend === 'red' ? 40 : 30 }));
    expect(await router.whyNotSplittable(route, [thirds])).toMatchObject([
      { message: expect.stringContaining('HAProxy cannot split like this') as string, forbidsEveryWrite: false },
    ]);
  });
});
