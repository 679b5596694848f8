import { afterEach, describe, expect, test } from 'vitest';
import { createHttpJsonMetrics } from '../../../src/adapters/metrics/http-json/source.js';
import type { HttpAccess } from '../../../src/adapters/http/access.js';
import type { MetricSource } from '../../../src/ports/metric-source.js';
import { startCustomBackend } from '../../gateway/support/custom-backend.js';
import { Releasers } from '../../gateway/support/gateway.js';

const releasers = new Releasers();
afterEach(() => releasers.releaseAll());

interface Asked {
  url: string;
  method: string;
  headers: Readonly<Record<string, unknown>>;
}

async function sourceThat(
  answers: { status?: number; body?: string },
  options: { access?: HttpAccess; method?: 'GET' | 'POST'; path?: string } = {},
): Promise<{ source: MetricSource; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = await startCustomBackend((request, response) => {
    request.resume();
    asked.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers });
    response.writeHead(answers.status ?? 200).end(answers.body ?? '{}');
  });
  releasers.add(server, (running) => running.stop());
  const source = createHttpJsonMetrics(
    {
      name: 'metrics "queues"',
      url: `${server.url}${options.path ?? ''}`,
      method: options.method ?? 'GET',
      timeoutMs: 20_000,
      access: options.access ?? {},
    },
    (ref) => `secret of ${ref}`,
  );
  return { source, asked };
}

const ask = (source: MetricSource, query: string): Promise<number | 'no-data'> =>
  source.scalar({ query, atMs: Date.now(), windowMs: 1000 });

describe('a value from JSON over HTTP', () => {
  test.each([
    ['{"data":[{"depth":7}]}', '/q#/data/0/depth', 7],
    ['{"depth":"12.5"}', '/q#/depth', 12.5],
    ['42', '/q', 42],
    ['{"a/b":{"c~d":1}}', '/q#/a~1b/c~0d', 1],
    ['{"über":-1e3}', '/q#/%C3%BCber', -1000],
    ['{"depth":null}', '/q#/depth', 'no-data'],
    ['{"other":1}', '/q#/depth', 'no-data'],
    ['{"data":[]}', '/q#/data/0/depth', 'no-data'],
    ['{}', '/q#/__proto__', 'no-data'],
  ] as const)('%s at %s is %s', async (body, query, value) => {
    const { source } = await sourceThat({ body });
    expect(await ask(source, query)).toBe(value);
  });

  test.each([
    [{ body: '{"depth":"many"}' }, '/q#/depth', /no number.*/],
    [{ body: '{"depth":{}}' }, '/q#/depth', /no number/],
    [{ body: '{"depth":true}' }, '/q#/depth', /no number/],
    [{ body: '<html>' }, '/q#/depth', /does not answer with JSON/],
    [{ status: 503, body: '{"depth":1}' }, '/q#/depth', /does not answer with JSON/],
    [{ status: 302, body: '' }, '/q#/depth', /does not answer with JSON/],
    [{}, 'q#/depth', /no path/],
    [{}, '/q#depth', /no path/],
    [{}, '//elsewhere.test/..%2f@#/a', /no number|does not answer|no path/],
  ] as const)('%j asked for %s is an error, never a zero [C-14]', async (answer, query, message) => {
    const { source } = await sourceThat(answer);
    const outcome = await ask(source, query).catch((error: unknown) => error);
    if (outcome === 'no-data') return;
    expect(outcome).toMatchObject({ code: 'ADAPTER_UNAVAILABLE', message: expect.stringMatching(message) as string });
  });

  test('is asked for below the url only', async () => {
    const { source, asked } = await sourceThat({ body: '1' }, { path: '/api' });
    await expect(ask(source, '/../admin')).rejects.toThrow(/no path/);
    expect(await ask(source, '/queues?x=1')).toBe(1);
    expect(asked.map(({ url }) => url)).toEqual(['/api/queues?x=1']);
  });

  test.each([
    '/../api-admin/drop',
    '/..',
    '/%2e%2e/api-admin/drop',
    '/..%2fapi-admin/drop',
    '/..%5capi-admin/drop',
    '/%252e%252e%252fapi-admin/drop',
    '/x/../../api-admin/drop',
    '\\..\\api-admin\\drop',
  ])('is never asked for at %s: it leaves the path, and the token with it [W40]', async (query) => {
    const access = { bearer: 'env:TOKEN' };
    const { source, asked } = await sourceThat({ body: '1' }, { path: '/api', access });
    await expect(ask(source, query)).rejects.toThrow(/no path/);
    expect(asked).toEqual([]);
    expect(await ask(source, '/queues/..hidden?at=../x')).toBe(1);
    expect(await ask(source, '')).toBe(1);
  });

  test('is never asked for outside of the path by the name of a version [W40]', async () => {
    const { source, asked } = await sourceThat({ body: '1' }, { path: '/api' });
    const values = { service: 'shop', backend: 'blue', version: '../../api-admin/drop' };
    await expect(ask(source, source.fill?.('/q/{{version}}', values) ?? '')).rejects.toThrow(/no path/);
    expect(asked).toEqual([]);
  });

  test('is asked for with the secrets that are named, and no error shows them [S-02]', async () => {
    const access = { basic: { username: 'me', password: 'env:PW' }, headers: { 'X-Tenant': 'env:TENANT' } };
    const { source, asked } = await sourceThat({ status: 401, body: 'no' }, { access, method: 'POST' });
    const error: unknown = await ask(source, '/q').catch((failure: unknown) => failure);
    expect(asked[0]).toMatchObject({
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('me:secret of env:PW').toString('base64')}`,
        'x-tenant': 'secret of env:TENANT',
      },
    });
    expect(JSON.stringify([error, String(error)])).not.toContain('secret of');
  });

  test('is asked for with values that stay values', async () => {
    const { source } = await sourceThat({});
    const values = { service: 'a/b', backend: '?x=1', version: '1.0#/other' };
    expect(source.fill?.('/q/{{service}}?b={{ backend }}&v={{version}}#/x', values)).toBe(
      '/q/a%2Fb?b=%3Fx%3D1&v=1.0%23%2Fother#/x',
    );
  });

  test('is all that it gives: it counts no requests', async () => {
    const { source } = await sourceThat({});
    const query = { service: 's', backend: 'blue', target: 'b', fromMs: 0, toMs: 1, stepMs: 1 };
    await expect(source.samples(query)).rejects.toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      remedy: expect.stringContaining('source:') as string,
    });
  });
});
