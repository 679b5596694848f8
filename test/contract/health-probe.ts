import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HealthEndpoint } from '../../src/domain/health/health-plan.js';
import type { HealthProbe, ProbeTarget } from '../../src/ports/health-probe.js';
import { stopServer } from './support/backends.js';
import { until } from './support/eventually.js';

const TIMEOUT_MS = 250;
const GENEROUS_MS = 5000;

const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  '/health': (response) => response.end('{"version":"1.4.0"}'),
  '/base/health': (response) => response.end('below the base'),
  '/created': (response) => response.writeHead(204).end(),
  '/sick': (response) => response.writeHead(503).end('the database is away'),
  '/login': (response) => response.writeHead(302, { location: '/health' }).end(),
  '/silent': () => undefined,
  '/endless': (response) => {
    response.write('well so far');
  },
  '/json': (response) => response.end('{"database":{"status":"up"}}'),
  '/slow': (response) => void setTimeout(() => response.end('late'), 60),
  '/forbidden': (response) => response.writeHead(401).end('who are you?'),
  '/drip': (response) => {
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => {
      clearInterval(timer);
    });
  },
  '/long-json': (response) => response.end(JSON.stringify({ ok: true, filling: 'x'.repeat(20_000) })),
  '/huge-json': (response) => response.end(JSON.stringify({ filling: 'x'.repeat(5_000_000), ok: true })),
  '/huge': (response) => response.end('x'.repeat(5_000_000)),
};

/** What every health probe must do, against a real server. */
export function describeHealthProbe(name: string, create: () => HealthProbe): void {
  describe(`health probe: ${name}`, () => {
    let server: Server;
    let target: ProbeTarget;
    const probe = create();

    beforeAll(async () => {
      server = createServer((request, response) => ANSWERS[request.url ?? '']?.(response));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      target = { backend: 'green', url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` };
    });

    afterAll(() => stopServer(server));

    test('a backend that answers 2xx is healthy, and its body is told', async () => {
      const result = await probe.probe(target, '/health', GENEROUS_MS);
      expect(result).toMatchObject({ healthy: true, body: '{"version":"1.4.0"}' });
      expect(result.latencyMs).toBeGreaterThan(0);
      expect(await probe.probe(target, '/created', GENEROUS_MS)).toMatchObject({ healthy: true, body: '' });
    });

    test('an endpoint is below the base URL of its backend', async () => {
      for (const url of [`${target.url}/base`, `${target.url}/base/`]) {
        expect(await probe.probe({ ...target, url }, '/health', GENEROUS_MS)).toMatchObject({ body: 'below the base' });
      }
    });

    test.each([
      ['/sick', /503.*the database is away/],
      ['/login', /302/],
    ])('%s is unhealthy and says why', async (endpoint, reason) => {
      const result = await probe.probe(target, endpoint, GENEROUS_MS);
      expect(result).toMatchObject({ healthy: false, reason: expect.stringMatching(reason) as string });
    });

    test.each<HealthEndpoint>([
      { path: '/created', status: 204 },
      { path: '/sick', status: 503, contains: 'database' },
      { path: '/json', json: { pointer: '/database/status', equals: 'up' } },
      { path: '/json', contains: '"up"', maxLatencyMs: GENEROUS_MS },
      { path: '/long-json', json: { pointer: '/ok', equals: true } },
    ])('an endpoint is healthy when it answers what is asked of it: %j [M-02]', async (endpoint) => {
      expect(await probe.probe(target, endpoint, GENEROUS_MS)).toMatchObject({ healthy: true });
    });

    test.each<[HealthEndpoint, RegExp]>([
      [{ path: '/health', status: 204 }, /answered 200, 204 is wanted/],
      [{ path: '/health', contains: 'ready' }, /answered 200 without "ready"/],
      [{ path: '/json', json: { pointer: '/database/status', equals: 'down' } }, /with "up" at \/database\/status/],
      [{ path: '/json', json: { pointer: '/cache', equals: 'up' } }, /with nothing at \/cache/],
      [{ path: '/base/health', json: { pointer: '', equals: true } }, /not JSON/],
      [{ path: '/huge-json', json: { pointer: '/ok', equals: true } }, /more JSON than is read/],
      [{ path: '/slow', maxLatencyMs: 20 }, /took \d+ ms, at most 20 ms are wanted/],
    ])('and not when it answers anything else, which is said: %j [M-02]', async (endpoint, reason) => {
      const result = await probe.probe(target, endpoint, GENEROUS_MS);
      expect(result).toMatchObject({ healthy: false, reason: expect.stringMatching(reason) as string });
    });

    test('a redirect is not followed, whatever it leads to, and is not healthy', async () => {
      const result = await probe.probe(target, { path: '/login', json: { pointer: '', equals: true } }, GENEROUS_MS);
      expect(result).toMatchObject({
        healthy: false,
        reason: expect.stringContaining('a redirect to /health') as string,
      });
    });

    test('an endpoint that asks for credentials is a faulty check, and said to be one', async () => {
      const result = await probe.probe(target, '/forbidden', GENEROUS_MS);
      expect(result).toMatchObject({
        healthy: false,
        reason: expect.stringContaining('the check is faulty') as string,
      });
    });

    test.each(['/silent', '/endless', '/drip'])('%s is unhealthy once its time is over', async (endpoint) => {
      const result = await probe.probe(target, endpoint, TIMEOUT_MS);
      expect(result).toMatchObject({
        healthy: false,
        reason: expect.stringContaining(`${String(TIMEOUT_MS)} ms`) as string,
      });
      expect(result.latencyMs).toBeGreaterThanOrEqual(TIMEOUT_MS - 10);
    });

    test.each(['http://127.0.0.1:1', 'not a url', 'ftp://127.0.0.1'])(
      '%s cannot be reached, which is an answer',
      async (url) => {
        const result = await probe.probe({ backend: 'green', url }, '/health', GENEROUS_MS);
        expect(result).toMatchObject({ healthy: false, reason: expect.stringMatching(/./) as string });
      },
    );

    test('a port where nobody listens is told apart from a backend that is not well', async () => {
      const absent = await probe.probe({ backend: 'green', url: 'http://127.0.0.1:1' }, '/health', GENEROUS_MS);
      expect(absent).toMatchObject({ healthy: false, up: false });
      for (const endpoint of ['/sick', '/silent'])
        expect(await probe.probe(target, endpoint, TIMEOUT_MS)).not.toHaveProperty('up');
    });

    test('no more than 4 KiB of a body is kept', async () => {
      const result = await probe.probe(target, '/huge', GENEROUS_MS);
      expect(result).toMatchObject({ healthy: true, body: 'x'.repeat(4096) });
    });

    test('a probe leaves no connection behind, whatever it met', async () => {
      await Promise.all(Object.keys(ANSWERS).map((endpoint) => probe.probe(target, endpoint, TIMEOUT_MS)));
      const connections = (): Promise<number> =>
        new Promise((resolve, reject) =>
          server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
        );
      await until('every connection to be closed', async () => (await connections()) === 0);
    });

    test('a caller that gives up is answered with its own reason', async () => {
      const controller = new AbortController();
      const reason = new Error('given up');
      const probing = probe.probe(target, '/silent', GENEROUS_MS, controller.signal);
      setTimeout(() => controller.abort(reason), 20);
      await expect(probing).rejects.toBe(reason);
    });
  });
}
