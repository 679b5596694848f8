import { afterEach, describe, expect, test } from 'vitest';
import type { HttpAccess } from '../../../src/adapters/http/access.js';
import { TEMPLATES } from '../../../src/adapters/metrics/prometheus/selectors.js';
import { createPrometheusMetrics } from '../../../src/adapters/metrics/prometheus/source.js';
import type { MetricSource } from '../../../src/ports/metric-source.js';
import { startCustomBackend } from '../../gateway/support/custom-backend.js';
import { Releasers } from '../../gateway/support/gateway.js';

const releasers = new Releasers();
afterEach(() => releasers.releaseAll());

type Handler = Parameters<typeof startCustomBackend>[0];

const TIMEOUT_MS = 3000;

async function sourceAt(handler: Handler, access: HttpAccess = {}): Promise<MetricSource> {
  const server = await startCustomBackend((request, response) => {
    request.resume();
    handler(request, response);
  });
  releasers.add(server, (running) => running.stop());
  return createPrometheusMetrics(
    { name: 'metrics "prom"', url: server.url, timeoutMs: TIMEOUT_MS, access, selectors: TEMPLATES.gateway },
    (ref) => `secret of ${ref}`,
  );
}

const answering = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Handler => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_, response) => void response.writeHead(status, headers).end(text);
};

const success = (data: unknown, more: object = {}): object => ({ status: 'success', data, ...more });
const matrix = (...values: readonly (readonly [number, string])[]): object =>
  success({ resultType: 'matrix', result: [{ metric: { __name__: 'a', job: 'j', instance: 'i' }, values }] });

const samples = (source: MetricSource): Promise<unknown> => {
  const toMs = Date.now();
  const query = { service: 'shop', backend: 'blue', target: 'shop-blue', fromMs: toMs - 1000, toMs, stepMs: 1000 };
  return source.samples(query);
};

const scalar = (source: MetricSource): Promise<unknown> =>
  source.scalar({ query: 'up', atMs: Date.now(), windowMs: 1000 });

const now = (): number => Date.now() / 1000;

describe('a server that cannot be believed is unknown, never a zero [C-14]', () => {
  test.each<readonly [string, Handler, RegExp]>([
    ['is slow', () => undefined, /no answer within 3000 ms/],
    ['answers 503 with HTML', answering(503, '<html>upstream</html>'), /503 <html>upstream/],
    ['answers 200 with HTML', answering(200, '<html>login</html>'), /<html>login/],
    [
      'answers half an answer',
      (_, response) => {
        response.writeHead(200, { 'content-length': '500' });
        response.write('{"status":"succ');
        setTimeout(() => response.destroy(), 20);
      },
      /closed|terminated|aborted|socket/i,
    ],
    [
      'refuses the query',
      answering(400, { status: 'error', errorType: 'bad_data', error: 'parse error: x' }),
      /400 bad_data: parse error: x/,
    ],
    ['wants to know who asks', answering(401, 'Unauthorized'), /401 Unauthorized/],
    ['sends elsewhere', answering(302, '', { location: 'http://elsewhere.test' }), /302/],
    [
      'gives a part only',
      answering(200, success({ resultType: 'matrix', result: [] }, { warnings: ['store eu-2 is away'] })),
      /store eu-2 is away/,
    ],
    [
      'answers something else',
      answering(200, success({ resultType: 'matrix', result: [{ metric: 1 }] })),
      /"metric":1/,
    ],
    ['answers another kind of value', answering(200, success({ resultType: 'vector', result: [] })), /vector/],
    ['counts what is no number', answering(200, matrix([now() - 1, '5'], [now(), 'NaN'])), /NaN in a\{/],
    ['counts endlessly', answering(200, matrix([now() - 1, '5'], [now(), '+Inf'])), /\+Inf in a\{/],
    ['counts below nothing', answering(200, matrix([now() - 1, '-5'], [now(), '5'])), /-5 in a\{/],
    [
      'counts in a native histogram',
      answering(200, success({ resultType: 'matrix', result: [{ metric: { __name__: 'h' }, histograms: [] }] })),
      /h\{\}/,
    ],
    [
      'lives in another time',
      answering(200, matrix(), { date: new Date(Date.now() - 60_000).toUTCString() }),
      /there, .* here/,
    ],
    [
      'lives in the future',
      answering(200, matrix(), { date: new Date(Date.now() + 60_000).toUTCString() }),
      /there, .* here/,
    ],
  ])('when it %s', async (_, handler, got) => {
    const source = await sourceAt(handler);
    await expect(samples(source)).rejects.toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      message: expect.stringMatching(/^metrics "prom": /) as string,
      got: expect.stringMatching(got) as string,
    });
  });

  test('when nobody listens', async () => {
    const source = createPrometheusMetrics(
      {
        name: 'metrics "prom"',
        url: 'http://127.0.0.1:1',
        timeoutMs: TIMEOUT_MS,
        access: {},
        selectors: TEMPLATES.envoy,
      },
      () => '',
    );
    await expect(samples(source)).rejects.toMatchObject({ got: expect.stringContaining('ECONNREFUSED') as string });
    await expect(scalar(source)).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
  });

  test('when a secret cannot be had, which is named and not shown', async () => {
    const source = createPrometheusMetrics(
      {
        name: 'metrics "prom"',
        url: 'http://127.0.0.1:1',
        timeoutMs: TIMEOUT_MS,
        access: { bearer: 'env:NOT_THERE' },
        selectors: TEMPLATES.envoy,
      },
      (ref) => {
        throw new Error(`The secret ${ref} cannot be had`);
      },
    );
    await expect(samples(source)).rejects.toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      got: 'The secret env:NOT_THERE cannot be had',
    });
  });
});

describe('a query of its own', () => {
  const vector = (...values: readonly string[]): Handler =>
    answering(
      200,
      success({
        resultType: 'vector',
        result: values.map((value, index) => ({ metric: { __name__: 'q', n: String(index) }, value: [now(), value] })),
      }),
    );

  test.each([
    ['one value', vector('0.25'), 0.25],
    ['a scalar', answering(200, success({ resultType: 'scalar', result: [now(), '7'] })), 7],
    ['nothing', vector(), 'no-data'],
    ['0/0', vector('NaN'), 'no-data'],
  ] as const)('that gives %s', async (_, handler, value) => {
    expect(await scalar(await sourceAt(handler))).toBe(value);
  });

  test.each([
    ['several series', vector('1', '2'), /2: q\{n="0"\}, q\{n="1"\}/],
    ['several series, the first of them NaN', vector('NaN', '2'), /2: /],
    ['an infinite value', vector('+Inf'), /Infinity/],
    ['a text', answering(200, success({ resultType: 'string', result: [now(), 'x'] })), /a string/],
    ['a range', answering(200, matrix([now(), '1'])), /a matrix/],
    ['a warning', answering(200, success({ resultType: 'vector', result: [] }, { warnings: ['partial'] })), /partial/],
  ] as const)('that gives %s is an error with a reason', async (_, handler, got) => {
    await expect(scalar(await sourceAt(handler))).rejects.toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      got: expect.stringMatching(got) as string,
    });
  });
});

test('who asks is told in headers, by reference, and no error shows it [S-02]', async () => {
  const seen: unknown[] = [];
  const source = await sourceAt(
    (request, response) => {
      seen.push(request.headers);
      response.writeHead(403).end('forbidden');
    },
    { bearer: 'env:TOKEN', headers: { 'X-Scope-OrgID': 'env:TENANT' } },
  );
  const error: unknown = await scalar(source).catch((failure: unknown) => failure);
  expect(seen[0]).toMatchObject({
    authorization: 'Bearer secret of env:TOKEN',
    'x-scope-orgid': 'secret of env:TENANT',
  });
  expect(error).toMatchObject({ remedy: expect.stringContaining('auth:') as string });
  expect(JSON.stringify([error, String(error)])).not.toContain('secret of');
});

test('a value that would end its place in the query is refused', async () => {
  const source = await sourceAt(answering(200, matrix()));
  const values = { service: 'shop', backend: 'blue', version: '1} or vector(0)' };
  expect(() => source.fill?.('queue_{{version}}', values)).toThrow(/cannot be written/);
});
