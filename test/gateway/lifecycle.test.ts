import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type Gateway } from '../../src/gateway/gateway.js';
import type { GatewayOptions } from '../../src/gateway/options.js';
import { until } from '../contract/support/eventually.js';
import { startCustomBackend } from './support/custom-backend.js';
import { admin, Releasers, setWeights, startShop } from './support/gateway.js';

const releasers = new Releasers();
const BACKENDS = { blue: 'http://127.0.0.1:1', green: 'http://127.0.0.1:1' };
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-gateway-'));
  releasers.add(directory, (path) => rm(path, { recursive: true }));
});
afterEach(() => releasers.releaseAll());

const start = async (options: GatewayOptions, backends = BACKENDS): Promise<Gateway> =>
  releasers.add(await startShop(backends, {}, options), (gateway) => gateway.close());

const weightsOf = async (gateway: Gateway, route = 'shop'): Promise<unknown> =>
  ((await admin(gateway, 'GET', `/routes/${route}/weights`)).body as { weights: unknown }).weights;

describe('a restart', () => {
  test('keeps the weights, and the routes that were added [C-12]', async () => {
    const stateFile = join(directory, 'deep', 'gateway.json');
    const first = await start({ stateFile });
    expect(await setWeights(first, { green: 25, blue: 75 })).toMatchObject({ body: { saved: true } });
    const search = { match: { pathPrefix: '/search' }, backends: { one: { url: BACKENDS.blue } } };
    await admin(first, 'PUT', '/routes/search', search);
    await first.close();
    const second = await start({ stateFile });
    expect(await weightsOf(second)).toEqual([
      { backend: 'green', percent: 25 },
      { backend: 'blue', percent: 75 },
    ]);
    expect(await weightsOf(second, 'search')).toEqual([{ backend: 'one', percent: 100 }]);
    await admin(second, 'DELETE', '/routes/search');
    await second.close();
    expect(await admin(await start({ stateFile }), 'GET', '/routes')).toMatchObject({
      body: { routes: [{ name: 'shop' }] },
    });
    expect(await readdir(join(directory, 'deep'))).toEqual(['gateway.json']);
  });

  test('a weight change is on disk when it is answered, however many come at once', async () => {
    const stateFile = join(directory, 'gateway.json');
    const gateway = await start({ stateFile });
    await Promise.all(
      Array.from({ length: 40 }, (_, percent) => setWeights(gateway, { green: percent, blue: 100 - percent })),
    );
    await setWeights(gateway, { green: 7, blue: 93 });
    const saved = JSON.parse(await readFile(stateFile, 'utf8')) as { weights: { shop: unknown } };
    expect(saved.weights.shop).toEqual([
      { backend: 'green', percent: 7 },
      { backend: 'blue', percent: 93 },
    ]);
  });

  test('weights of backends that are no more give way to the initial ones', async () => {
    const stateFile = join(directory, 'gateway.json');
    const first = await start({ stateFile });
    await setWeights(first, { green: 100 });
    await first.close();
    const second = await startShop({ blue: BACKENDS.blue, red: BACKENDS.blue }, {}, { stateFile });
    releasers.add(second, (gateway) => gateway.close());
    expect(await weightsOf(second)).toEqual([{ backend: 'blue', percent: 100 }]);
  });

  test.each(['{"version":1', '{"version":2}', '[]', ''])(
    'a state file that says %s stops the start instead of moving traffic',
    async (text) => {
      const stateFile = join(directory, 'gateway.json');
      await writeFile(stateFile, text);
      await expect(startShop(BACKENDS, {}, { stateFile })).rejects.toMatchObject({ code: 'INVALID_STATE_FILE' });
    },
  );

  test('a change that cannot be saved is in force, and says that it is not saved', async () => {
    const stateFile = join(directory, 'gateway.json');
    const gateway = await start({ stateFile });
    await mkdir(stateFile);
    expect(await setWeights(gateway, { green: 100 })).toMatchObject({ status: 200, body: { saved: false } });
    expect(await weightsOf(gateway)).toEqual([{ backend: 'green', percent: 100 }]);
    expect(await admin(gateway, 'GET', '/healthz')).toMatchObject({
      body: { saveError: expect.stringMatching(/./) as string },
    });
    await rm(stateFile, { recursive: true });
    expect(await setWeights(gateway, { green: 100 })).toMatchObject({ body: { saved: true } });
    expect(await admin(gateway, 'GET', '/healthz')).toMatchObject({ body: { saveError: null } });
  });
});

describe('closing', () => {
  test('lets a request in flight finish, takes no new one and leaves nothing open', async () => {
    let finish: (() => void) | undefined;
    const blue = await startCustomBackend((_, response) => {
      response.write('to the ');
      finish = () => response.end('end');
    });
    releasers.add(blue, (backend) => backend.stop());
    const gateway = await start({ drainMs: 60_000 }, { blue: blue.url, green: blue.url });
    const answer = await request(gateway.trafficUrl);
    let closed = false;
    const closing = gateway.close().then(() => (closed = true));
    await until(
      'new requests to be refused',
      async () => (await request(gateway.trafficUrl).catch(() => null)) === null,
    );
    expect(closed).toBe(false);
    finish?.();
    expect(await answer.body.text()).toBe('to the end');
    await closing;
    await expect(request(gateway.adminUrl)).rejects.toThrow(/ECONNREFUSED/);
    await gateway.close();
  });

  test('a request that does not end is cut off after the time given', async () => {
    const blue = await startCustomBackend((_, response) => response.write('never ends'));
    releasers.add(blue, (backend) => backend.stop());
    const gateway = await start({ drainMs: 80 }, { blue: blue.url, green: blue.url });
    const answer = await request(gateway.trafficUrl);
    await gateway.close();
    await expect(answer.body.text()).rejects.toThrow();
  });
});

describe('starting', () => {
  test('an admin API for other machines is refused', async () => {
    await expect(startGateway({ adminHost: '0.0.0.0' })).rejects.toMatchObject({ code: 'INVALID_ADMIN_HOST' });
  });

  test('bad routes are refused before any port is taken', async () => {
    const routes = [{ name: 'shop', backends: { a: { url: 'x' } } }];
    await expect(startGateway({ routes })).rejects.toMatchObject({
      code: 'INVALID_ROUTE',
      expected: expect.stringContaining('backends.a.url') as string,
    });
  });

  test('a port that is taken stops the start and frees what was taken before', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    releasers.add(other, async (server) => {
      server.close();
      await once(server, 'close');
    });
    const { port } = other.address() as { port: number };
    await expect(startGateway({ adminPort: port })).rejects.toThrow(/EADDRINUSE/);
    await expect(startGateway({ trafficPort: port })).rejects.toThrow(/EADDRINUSE/);
  });
});
