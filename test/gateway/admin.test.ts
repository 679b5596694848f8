import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type Gateway } from '../../src/gateway/gateway.js';
import { eventually } from '../contract/support/eventually.js';
import { startBackends } from '../contract/support/backends.js';
import { admin, countsOf, Releasers, setWeights, startShop } from './support/gateway.js';

const releasers = new Releasers();
let gateway: Gateway;

beforeEach(async () => {
  const backends = await startBackends();
  releasers.add(backends, ({ blue, green }) => Promise.all([blue.stop(), green.stop()]));
  gateway = await startShop({ blue: backends.blue.url, green: backends.green.url });
  releasers.add(gateway, (started) => started.close());
});
afterEach(() => releasers.releaseAll());

const WEIGHTS = '/routes/shop/weights';
const SAMPLES = '/routes/shop/backends/blue/samples';

describe('the admin API', () => {
  test('answers what it now does', async () => {
    expect(await setWeights(gateway, { green: 12.5, blue: 87.5 })).toEqual({
      status: 200,
      body: {
        route: 'shop',
        weights: [
          { backend: 'green', percent: 12.5 },
          { backend: 'blue', percent: 87.5 },
        ],
        fence: 0,
        saved: false,
        saveError: null,
      },
    });
    expect((await admin(gateway, 'GET', WEIGHTS)).body).toMatchObject({
      route: 'shop',
      weights: [{ percent: 12.5 }, { percent: 87.5 }],
    });
  });

  test('answers many questions in one request, each as it would by itself', async () => {
    const paths = [WEIGHTS, '/routes/nobody/weights', `${SAMPLES}?from=5&to=1&step=1`, '/%zz'];
    const each = await Promise.all(paths.map((path) => admin(gateway, 'GET', path)));
    const { status, body } = await admin(gateway, 'POST', '/questions', { questions: paths });
    expect([status, body]).toEqual([200, { answers: each }]);
    const nested = await admin(gateway, 'POST', '/questions', { questions: ['/questions'] });
    expect(nested.body).toMatchObject({ answers: [{ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } }] });
    const noQuestions = await admin(gateway, 'POST', '/questions', { questions: 'all' });
    expect(noQuestions).toMatchObject({ status: 400, body: { code: 'INVALID_QUESTIONS' } });
  });

  test.each([
    ['not JSON', '{', 400, 'INVALID_JSON', /JSON/],
    ['nothing', '', 400, 'INVALID_JSON', /JSON/],
    ['no weights', {}, 400, 'INVALID_WEIGHTS', /weights/],
    ['an empty list', { weights: [] }, 400, 'INVALID_WEIGHTS', /weights/],
    ['a sum of 99', { weights: [{ backend: 'blue', percent: 99 }] }, 400, 'INVALID_WEIGHTS', /sum to 100/],
    [
      'a negative share',
      {
        weights: [
          { backend: 'blue', percent: -1 },
          { backend: 'green', percent: 101 },
        ],
      },
      400,
      'INVALID_WEIGHTS',
      /weights\.0\.percent.*weights\.1\.percent/,
    ],
    [
      'a backend twice',
      {
        weights: [
          { backend: 'blue', percent: 50 },
          { backend: 'blue', percent: 50 },
        ],
      },
      400,
      'INVALID_WEIGHTS',
      /every backend once/,
    ],
    ['an unknown backend', { weights: [{ backend: 'purple', percent: 100 }] }, 422, 'UNKNOWN_BACKEND', /blue, green/],
    ['an unknown field', { weights: [{ backend: 'blue', percent: 100 }], colour: 1 }, 400, 'INVALID_WEIGHTS', /colour/],
    ['too much', JSON.stringify('x'.repeat(4_200_000)), 413, 'BODY_TOO_LARGE', /4194304/],
  ])('refuses %s as weights and moves nothing [U-02]', async (_, body, status, code, expected) => {
    await setWeights(gateway, { green: 5, blue: 95 });
    const refusal = await admin(gateway, 'PUT', WEIGHTS, body);
    expect(refusal).toMatchObject({
      status,
      body: { code, message: expect.any(String) as string, expected: expect.stringMatching(expected) as string },
    });
    expect((await admin(gateway, 'GET', WEIGHTS)).body).toMatchObject({ weights: [{ percent: 5 }, { percent: 95 }] });
  });

  test.each([
    ['GET', '/', 404, 'NOT_FOUND'],
    ['GET', '/routes/shop/else', 404, 'NOT_FOUND'],
    ['GET', '/routes/other/weights', 404, 'UNKNOWN_ROUTE'],
    ['PUT', '/routes/other/weights', 404, 'UNKNOWN_ROUTE'],
    ['DELETE', '/routes/other', 404, 'UNKNOWN_ROUTE'],
    ['POST', WEIGHTS, 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', '/routes', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/routes/%ff', 400, 'INVALID_PATH'],
    ['GET', `${SAMPLES}?from=1&to=2`, 400, 'INVALID_RANGE'],
    ['GET', `${SAMPLES}?from=2&to=1&step=1`, 400, 'INVALID_RANGE'],
    ['GET', `${SAMPLES}?from=0&to=1&step=0`, 400, 'INVALID_RANGE'],
    ['GET', `${SAMPLES}?from=0&to=9e15&step=1`, 400, 'INVALID_RANGE'],
    ['GET', `${SAMPLES}?from=a&to=b&step=c`, 400, 'INVALID_RANGE'],
    ['GET', '/routes/shop/backends/purple/samples?from=1&to=2&step=1', 422, 'UNKNOWN_BACKEND'],
  ] as const)('refuses %s %s with %d %s', async (method, path, status, code) => {
    expect(await admin(gateway, method, path)).toMatchObject({ status, body: { code } });
  });

  test('a page of another origin cannot reach it by a name of its own', async () => {
    const { hostname, port } = new URL(gateway.adminUrl);
    const socket = connect(Number(port), hostname);
    socket.write('GET /routes HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const part of socket) text += String(part);
    expect(text).toMatch(/^HTTP\/1\.1 421 [^]*FOREIGN_HOST/);
  });

  test('tells that it is well', async () => {
    expect(await admin(gateway, 'GET', '/healthz')).toEqual({
      status: 200,
      body: {
        status: 'ok',
        program: 'headgate-gateway',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
        owner: null,
        config: null,
        pid: process.pid,
        trafficUrl: gateway.trafficUrl,
        routes: 1,
        saveError: null,
      },
    });
  });

  test('belongs to nobody who did not start it: what is configured is told by its owner alone [W4]', async () => {
    const owner = { directory: '/home/eve/.headgate', config: '/home/eve/headgate.yaml' };
    expect(await admin(gateway, 'PUT', '/routes', { owner, routes: [] })).toMatchObject({
      status: 409,
      body: { code: 'FOREIGN_OWNER' },
    });
    expect(await admin(gateway, 'GET', '/healthz')).toMatchObject({ body: { routes: 1 } });
  });
});

describe('what its owner configures anew', () => {
  const owner = { directory: '/home/ada/.headgate', config: '/home/ada/headgate.yaml' };
  const routeTo = (url: string, name: string, alone = false): object => ({
    name,
    ...(alone ? {} : { match: { pathPrefix: `/${name}` } }),
    backends: { blue: { url }, green: { url } },
  });
  const names = async (): Promise<string[]> => {
    const { body } = await admin(gateway, 'GET', '/routes');
    return (body as { routes: { name: string }[] }).routes.map(({ name }) => name).sort();
  };

  test('keeps weights and what was added at run time, and takes away what is named no more [W3]', async () => {
    const { body: shop } = await admin(gateway, 'GET', '/routes/shop');
    const { url } = (shop as { backends: { green: { url: string } } }).backends.green;
    const directory = await mkdtemp(join(tmpdir(), 'headgate-gateway-'));
    const stateFile = join(directory, 'gateway.json');
    const one = { name: 'one', match: { pathPrefix: '/one' }, backends: { blue: { url }, green: { url } } };
    const owned = { owner, stateFile, routes: [one] };
    gateway = releasers.add(await startGateway(owned), (one) => one.close());
    await admin(gateway, 'PUT', '/routes/one/weights', {
      weights: [
        { backend: 'green', percent: 30 },
        { backend: 'blue', percent: 70 },
      ],
    });
    await admin(gateway, 'PUT', '/routes/typed', routeTo(url, 'typed'));

    const config = '/home/ada/other.yaml';
    const routes = [routeTo(url, 'one'), routeTo(url, 'two')];
    expect(await admin(gateway, 'PUT', '/routes', { owner: { ...owner, config }, routes })).toMatchObject({
      status: 200,
      body: { saved: true },
    });
    expect(await names()).toEqual(['one', 'two', 'typed'].sort());
    expect(await admin(gateway, 'GET', '/routes/one/weights')).toMatchObject({
      body: {
        weights: [
          { backend: 'green', percent: 30 },
          { backend: 'blue', percent: 70 },
        ],
      },
    });
    expect(await admin(gateway, 'GET', '/healthz')).toMatchObject({ body: { owner: owner.directory, config } });

    await admin(gateway, 'PUT', '/routes', { owner, routes: [routeTo(url, 'two', true)] });
    expect(await names()).toEqual(['two', 'typed'].sort());
    // As after a start with these routes.
    await gateway.close();
    gateway = releasers.add(await startGateway({ ...owned, routes: [] }), (one) => one.close());
    expect(await names()).toEqual(['typed']);
    await rm(directory, { recursive: true, force: true });
  });
});

describe('routes at run time', () => {
  const search = (url: string): object => ({
    match: { pathPrefix: '/search' },
    backends: { one: { url }, two: { url } },
    initialWeights: [{ backend: 'two', percent: 100 }],
  });

  test('are added, listed, replaced without moving traffic, and removed', async () => {
    const { body: routes } = await admin(gateway, 'GET', '/routes/shop');
    const { url } = (routes as { backends: { green: { url: string } } }).backends.green;
    expect(await admin(gateway, 'PUT', '/routes/search', search(url))).toMatchObject({
      status: 201,
      body: { name: 'search', weights: [{ backend: 'two', percent: 100 }] },
    });
    expect((await request(`${gateway.trafficUrl}/search`)).headers['x-served-by']).toBe('green');
    await admin(gateway, 'PUT', '/routes/search/weights', { weights: [{ backend: 'one', percent: 100 }] });
    expect(await admin(gateway, 'PUT', '/routes/search', search(url))).toMatchObject({
      status: 200,
      body: { weights: [{ backend: 'one', percent: 100 }] },
    });
    expect(await admin(gateway, 'GET', '/routes')).toMatchObject({
      body: { routes: [{ name: 'shop' }, { name: 'search' }] },
    });
    expect(await admin(gateway, 'DELETE', '/routes/search')).toMatchObject({ status: 200 });
    expect((await request(`${gateway.trafficUrl}/search`)).headers['x-served-by']).toBe('blue');
    expect(await admin(gateway, 'GET', '/routes/search')).toMatchObject({ status: 404 });
    expect(await (await request(`${gateway.adminUrl}/metrics`)).body.text()).not.toContain('search');
  });

  test.each([
    ['the same requests as another', { backends: { a: { url: 'http://127.0.0.1:1' } } }, 409, 'AMBIGUOUS_ROUTE'],
    ['no backends', { backends: {} }, 400, 'INVALID_ROUTE'],
    ['a URL that is none', { backends: { a: { url: 'nowhere' } } }, 400, 'INVALID_ROUTE'],
    ['a scheme that is not HTTP', { backends: { a: { url: 'ftp://x' } } }, 400, 'INVALID_ROUTE'],
    [
      'initial weights of strangers',
      { match: { host: 'x' }, backends: { a: { url: 'http://x' } }, initialWeights: [{ backend: 'b', percent: 100 }] },
      422,
      'UNKNOWN_BACKEND',
    ],
    ['another name in the body', { name: 'else', backends: { a: { url: 'http://x' } } }, 400, 'INVALID_ROUTE'],
    ['a list', [], 400, 'INVALID_ROUTE'],
    [
      'a cookie that cannot be one',
      { sticky: { cookie: 'a b' }, backends: { a: { url: 'http://x' } } },
      400,
      'INVALID_ROUTE',
    ],
  ])('are refused with %s', async (_, body, status, code) => {
    expect(await admin(gateway, 'PUT', '/routes/new', body)).toMatchObject({ status, body: { code } });
    expect(await admin(gateway, 'GET', '/routes')).toMatchObject({ body: { routes: [{ name: 'shop' }] } });
  });

  test('five hundred of them are no burden', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `service-${String(index)}`);
    for (const name of names) {
      const definition = {
        match: { pathPrefix: `/${name}` },
        backends: { blue: { url: 'http://127.0.0.1:1' }, green: { url: 'http://127.0.0.1:1' } },
      };
      expect((await admin(gateway, 'PUT', `/routes/${name}`, definition)).status).toBe(201);
    }
    expect((await request(`${gateway.trafficUrl}/service-499/x`)).statusCode).toBe(502);
    expect(await admin(gateway, 'GET', '/healthz')).toMatchObject({ body: { routes: 501 } });
  });
});

test('Prometheus gets requests by code, a latency histogram and the weights, per backend', async () => {
  const sinceMs = Date.now();
  await setWeights(gateway, { green: 40, blue: 60 });
  for (const user of ['a', 'b', 'c', 'd', 'e', 'f'])
    await (await request(`${gateway.trafficUrl}/?status=404`, { headers: { 'x-user': user } })).body.dump();
  const counts = await eventually('all six requests to be counted', async () => {
    const both = await Promise.all(['blue', 'green'].map((backend) => countsOf(gateway, backend, sinceMs, 1)));
    return both.reduce((sum, { requests }) => sum + requests, 0) === 6 ? both : undefined;
  });
  const answer = await request(`${gateway.adminUrl}/metrics`);
  const text = await answer.body.text();
  expect(answer.headers['content-type']).toContain('text/plain');
  for (const [index, backend] of ['blue', 'green'].entries()) {
    const count = String(counts[index]?.requests);
    const labels = `route="shop",backend="${backend}"`;
    expect(text).toContain(`headgate_gateway_requests_total{${labels},code="404"} ${count}`);
    expect(text).toContain(`headgate_gateway_request_duration_seconds_count{${labels}} ${count}`);
    expect(text).toContain(`headgate_gateway_request_duration_seconds_bucket{le="+Inf",${labels}} ${count}`);
    expect(text).toContain(`headgate_gateway_backend_weight_percent{${labels}} ${backend === 'blue' ? '60' : '40'}`);
  }
});
