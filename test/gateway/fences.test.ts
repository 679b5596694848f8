import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Gateway } from '../../src/gateway/gateway.js';
import { admin, Releasers, startShop, type AdminReply } from './support/gateway.js';

const releasers = new Releasers();
const NOWHERE = 'http://127.0.0.1:1';
const WEIGHTS = '/routes/shop/weights';
let gateway: Gateway;
let directory: string;
let stateFile: string;

const start = async (): Promise<Gateway> =>
  releasers.add(await startShop({ blue: NOWHERE, green: NOWHERE }, {}, { stateFile }), (started) => started.close());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-fences-'));
  releasers.add(directory, (path) => rm(path, { recursive: true }));
  stateFile = join(directory, 'gateway.json');
  gateway = await start();
});
afterEach(() => releasers.releaseAll());

const share = (green: number): { backend: string; percent: number }[] => [
  { backend: 'green', percent: green },
  { backend: 'blue', percent: 100 - green },
];

const put = (green: number, write: object = {}): Promise<AdminReply> =>
  admin(gateway, 'PUT', WEIGHTS, { weights: share(green), ...write });

const borne = async (of = gateway): Promise<unknown> => (await admin(of, 'GET', WEIGHTS)).body;

const route = (green: number, fence: number): unknown => ({ route: 'shop', weights: share(green), fence });

describe('a write with a fence', () => {
  test('leaves it beside the weights, in every answer', async () => {
    expect(await put(25, { fence: 41 })).toMatchObject({
      status: 200,
      body: { ...(route(25, 41) as object), saved: true },
    });
    expect(await borne()).toEqual(route(25, 41));
    expect(await admin(gateway, 'GET', '/routes/shop')).toMatchObject({ body: { fence: 41, weights: share(25) } });
    expect(await admin(gateway, 'GET', '/routes')).toMatchObject({ body: { routes: [{ fence: 41 }] } });
  });

  test.each([
    ['a lesser fence', { fence: 33 }, 'a fence up to 33'],
    ['a condition that does not hold', { fence: 57, onlyIfFence: 33 }, 'fence 33'],
    ['several that do not', { fence: 57, onlyIfFence: [33, 49] }, 'fence 33 or 49'],
  ])('is refused with %s, and moves nothing', async (_, write, expected) => {
    await put(25, { fence: 41 });
    expect(await put(50, write)).toEqual({
      status: 409,
      body: {
        code: 'STALE_FENCE',
        message: 'The route shop bears another fence: the write is outdated',
        expected,
        got: '41',
      },
    });
    expect(await borne()).toEqual(route(25, 41));
  });

  test('is made where its condition holds, and done when it comes again', async () => {
    await put(25, { fence: 41 });
    const write = { fence: 49, onlyIfFence: [33, 41] };
    expect([await put(50, write), await put(50, write)]).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await borne()).toEqual(route(50, 49));
    expect(await put(75, { fence: 49, onlyIfFence: 41 })).toMatchObject({ status: 409, body: { got: '49' } });
    expect(await borne()).toEqual(route(50, 49));
  });

  test('finds what it wants under a greater one, and leaves that', async () => {
    await put(25, { fence: 41 });
    expect(await put(25, { fence: 33 })).toMatchObject({ status: 200, body: { fence: 41 } });
  });

  test('of a person has none: it always applies, and the next one with a condition does not', async () => {
    await put(25, { fence: 41 });
    expect(await put(25)).toMatchObject({ status: 200, body: { fence: 0 } });
    expect(await put(50, { fence: 49, onlyIfFence: 41 })).toMatchObject({ status: 409, body: { got: '0' } });
    expect(await put(50, { fence: 49 })).toMatchObject({ status: 200, body: { fence: 49 } });
  });

  test.each([
    ['a fraction', { fence: 4.5 }, /fence: a whole number/],
    ['a text', { fence: '41' }, /fence/],
    ['more than can be told apart', { fence: 2 ** 53 }, /fence: a whole number/],
    ['a condition alone', { onlyIfFence: 41 }, /a fence beside onlyIfFence/],
    ['a negative condition', { fence: 41, onlyIfFence: [-1] }, /onlyIfFence/],
  ])('with %s is no write', async (_, write, expected) => {
    expect(await put(25, write)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_WEIGHTS', expected: expect.stringMatching(expected) as string },
    });
    expect(await borne()).toEqual({ route: 'shop', weights: [{ backend: 'blue', percent: 100 }], fence: 0 });
  });

  test('of fifty with one condition is made once', async () => {
    await put(0, { fence: 8 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => put(index + 1, { fence: 16 + 8 * index, onlyIfFence: 8 })),
    );
    const winners = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(await borne()).toEqual(route(Number(winners[0]) + 1, 16 + 8 * Number(winners[0])));
  });
});

describe('over a restart', () => {
  const restarted = async (): Promise<unknown> => {
    await gateway.close();
    return borne(await start());
  };

  test('a fence is kept with its weights, and what a person set without one', async () => {
    await put(25, { fence: 41 });
    expect(await restarted()).toEqual(route(25, 41));
    gateway = await start();
    await put(30);
    expect(await restarted()).toEqual(route(30, 0));
  });

  test('a state file of before there were fences is read', async () => {
    await gateway.close();
    await writeFile(stateFile, JSON.stringify({ version: 1, weights: { shop: share(25) }, addedRoutes: [] }));
    expect(await borne(await start())).toEqual(route(25, 0));
  });

  test('a state file with something else for a fence stops the start', async () => {
    await gateway.close();
    const state = JSON.parse(
      await readFile(stateFile, 'utf8').catch(() => '{"version":1,"weights":{},"addedRoutes":[]}'),
    ) as object;
    await writeFile(stateFile, JSON.stringify({ ...state, fences: { shop: 'soon' } }));
    await expect(start()).rejects.toMatchObject({ code: 'INVALID_STATE_FILE' });
  });

  test.each(['constructor', 'toString'])('a route that is called %s begins as any other', async (name) => {
    await gateway.close();
    await writeFile(stateFile, JSON.stringify({ version: 1, weights: {}, fences: {}, addedRoutes: [] }));
    const again = await startShop({ blue: NOWHERE }, { name }, { stateFile });
    releasers.add(again, (started) => started.close());
    expect((await admin(again, 'GET', `/routes/${name}/weights`)).body).toMatchObject({ fence: 0 });
  });

  test('a route whose definition is put anew keeps it, unless its weights had to go', async () => {
    await put(25, { fence: 41 });
    const backends = { blue: { url: NOWHERE }, green: { url: NOWHERE } };
    await admin(gateway, 'PUT', '/routes/shop', { backends });
    expect(await borne()).toEqual(route(25, 41));
    await admin(gateway, 'PUT', '/routes/shop', { backends: { red: { url: NOWHERE } } });
    expect(await borne()).toEqual({ route: 'shop', weights: [{ backend: 'red', percent: 100 }], fence: 0 });
  });
});

describe('many routes at once', () => {
  test('are set in one step; each that is refused, or cannot be read, says why and leaves the others alone', async () => {
    for (const name of ['cart', 'search'])
      await admin(gateway, 'PUT', `/routes/${name}`, {
        match: { pathPrefix: `/${name}` },
        backends: { blue: { url: NOWHERE }, green: { url: NOWHERE } },
      });
    await put(25, { fence: 41 });
    const answer = await admin(gateway, 'PUT', '/weights', {
      changes: [
        { route: 'shop', weights: share(50), fence: 33 },
        { route: 'cart', weights: share(50), fence: 33, onlyIfFence: 0 },
        { route: 'nobody', weights: share(50), fence: 33 },
        { route: 'search', weights: [{ backend: 'blue', percent: 99 }], fence: 33 },
        { route: 'search', weights: [{ backend: 'red', percent: 100 }], fence: 33 },
        'nonsense',
      ],
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        results: [
          { code: 'STALE_FENCE', got: '41' },
          {},
          { code: 'UNKNOWN_ROUTE' },
          { code: 'INVALID_WEIGHTS' },
          { code: 'UNKNOWN_BACKEND' },
          { code: 'INVALID_WEIGHTS' },
        ],
        saved: true,
        saveError: null,
      },
    });
    expect((answer.body as { results: object[] }).results[1]).toEqual({});
    expect(await borne()).toEqual(route(25, 41));
    expect((await admin(gateway, 'GET', '/routes/cart/weights')).body).toMatchObject({ weights: share(50), fence: 33 });
  });

  test.each([{}, { changes: 'all' }, []])('are refused as a whole where there is no list of them: %j', async (body) => {
    expect(await admin(gateway, 'PUT', '/weights', body)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_WEIGHTS' },
    });
    expect(await admin(gateway, 'GET', '/weights')).toMatchObject({ status: 405 });
  });
});
