import { once } from 'node:events';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { HttpAccess } from '../../../src/adapters/http/access.js';
import { createHttpJsonMetrics } from '../../../src/adapters/metrics/http-json/source.js';
import { TEMPLATES } from '../../../src/adapters/metrics/prometheus/selectors.js';
import { createPrometheusMetrics } from '../../../src/adapters/metrics/prometheus/source.js';
import type { MetricSource } from '../../../src/ports/metric-source.js';
import { stopServer } from '../../contract/support/backends.js';
import { startCustomBackend } from '../../gateway/support/custom-backend.js';
import { Releasers } from '../../gateway/support/gateway.js';
import { createAuthority, OPENSSL, type Authority, type Certificate } from '../../helpers/certificates.js';
import { describeOn } from '../../helpers/real-servers.js';

const releasers = new Releasers();
afterEach(() => releasers.releaseAll());

const SECRETS = new Map<string, string>();

function readSecret(ref: string): string {
  const secret = SECRETS.get(ref);
  if (secret === undefined) throw new Error(`The secret ${ref} cannot be had`);
  return secret;
}

const TIMEOUT_MS = 5000;

function sourceAt(url: string, access: HttpAccess): MetricSource {
  return createPrometheusMetrics(
    { name: 'metrics "prom"', url, timeoutMs: TIMEOUT_MS, access, selectors: TEMPLATES.gateway },
    readSecret,
  );
}

const ask = (source: MetricSource): Promise<unknown> =>
  source.scalar({ query: 'vector(42)', atMs: Date.now(), windowMs: 1000 });

function portOf(server: Server): string {
  return String((server.address() as AddressInfo).port);
}

/** Answers every query with 42, as Prometheus does, to whoever sends this `authorization`. */
async function startTls(options: ServerOptions, authorization?: string): Promise<{ url: string; server: Server }> {
  const server = createServer(options, (request, response) => {
    request.resume();
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end('Unauthorized');
      return;
    }
    const result = [{ metric: {}, value: [Date.now() / 1000, '42'] }];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  releasers.add(server, stopServer);
  return { url: `https://127.0.0.1:${portOf(server)}`, server };
}

describeOn(OPENSSL, 'a Prometheus behind TLS', (openssl) => {
  let authority: Authority;
  let stranger: Authority;
  let own: Certificate;

  beforeAll(async () => {
    [authority, stranger] = await Promise.all([createAuthority(openssl), createAuthority(openssl)]);
    own = await authority.issue('IP:127.0.0.1');
    SECRETS.set('file:ca.pem', authority.cert).set('file:stranger.pem', stranger.cert);
    SECRETS.set('env:TOKEN', 'top-secret-token').set('env:PASSWORD', 'top-secret-password');
    SECRETS.set('file:broken.pem', 'this is no certificate');
  });

  afterAll(() => Promise.all([authority.stop(), stranger.stop()]));

  const trusting: HttpAccess = { tls: { ca: 'file:ca.pem' } };

  describe('is asked', () => {
    test('when an authority of our own vouches for it', async () => {
      expect(await ask(sourceAt((await startTls(own)).url, trusting))).toBe(42);
    });

    test.each<readonly [string, HttpAccess, string]>([
      ['a bearer token', { bearer: 'env:TOKEN' }, 'Bearer top-secret-token'],
      [
        'a name and a password',
        { basic: { username: 'headgate', password: 'env:PASSWORD' } },
        `Basic ${Buffer.from('headgate:top-secret-password').toString('base64')}`,
      ],
    ])('with %s [S-02]', async (_, access, authorization) => {
      const { url } = await startTls(own, authorization);
      expect(await ask(sourceAt(url, { ...trusting, ...access }))).toBe(42);
      const refused: unknown = await ask(sourceAt(url, trusting)).catch((error: unknown) => error);
      expect(refused).toMatchObject({ got: '401 Unauthorized', remedy: expect.stringContaining('auth:') as string });
    });

    test('with a token that is wrong, and says nothing of it [S-02]', async () => {
      const { url } = await startTls(own, 'Bearer another-token');
      const refused: unknown = await ask(sourceAt(url, { ...trusting, bearer: 'env:TOKEN' })).catch(
        (error: unknown) => error,
      );
      expect(refused).toMatchObject({
        code: 'ADAPTER_UNAVAILABLE',
        remedy: expect.stringContaining('auth:') as string,
      });
      expect(JSON.stringify([refused, String(refused)])).not.toContain('top-secret');
    });

    test('by another name than its address has, where we say so', async () => {
      const { url } = await startTls(await authority.issue('DNS:prometheus.internal'));
      expect(await ask(sourceAt(url, { tls: { ca: 'file:ca.pem', serverName: 'prometheus.internal' } }))).toBe(42);
    });

    test('with a certificate of our own, where it wants one', async () => {
      const { url } = await startTls({ ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: true });
      const client = await authority.issue('DNS:worker');
      SECRETS.set('file:client.pem', client.cert).set('file:client.key', client.key);
      const tls = { ca: 'file:ca.pem', cert: 'file:client.pem', key: 'file:client.key' };
      expect(await ask(sourceAt(url, { tls }))).toBe(42);
    });

    test('after its authority was renewed, from the next question on', async () => {
      const { url, server } = await startTls(own);
      SECRETS.set('file:renewed.pem', authority.cert);
      const source = sourceAt(url, { tls: { ca: 'file:renewed.pem' } });
      expect(await ask(source)).toBe(42);
      server.setSecureContext(await stranger.issue('IP:127.0.0.1'));
      server.closeAllConnections();
      SECRETS.set('file:renewed.pem', stranger.cert);
      expect(await ask(source)).toBe(42);
    });

    test('whoever it is, where we say that we trust everybody', async () => {
      const { url } = await startTls(await stranger.issue('DNS:elsewhere'));
      expect(await ask(sourceAt(url, { tls: { insecureSkipVerify: true } }))).toBe(42);
    });
  });

  describe('is unknown, with a reason and a remedy [C-14] [U-04]', () => {
    const refusal = async (url: string, access: HttpAccess): Promise<unknown> =>
      ask(sourceAt(url, access)).then(
        () => expect.fail('it was trusted'),
        (error: unknown) => error,
      );

    const matching = (got: RegExp, remedy: RegExp): object => ({
      code: 'ADAPTER_UNAVAILABLE',
      got: expect.stringMatching(got) as string,
      remedy: expect.stringMatching(remedy) as string,
    });

    test('when it vouches for itself', async () => {
      const { url } = await startTls(authority);
      expect(await refusal(url, {})).toMatchObject(matching(/self-signed certificate/, /tls:.*ca/));
    });

    test('when somebody vouches for it whom nobody knows', async () => {
      const { url } = await startTls(own);
      expect(await refusal(url, {})).toMatchObject(matching(/unable to verify/, /tls:.*ca/));
      expect(await refusal(url, { tls: { ca: 'file:stranger.pem' } })).toMatchObject(
        matching(/certificate/, /tls:.*ca/),
      );
    });

    test('when it has the name of another', async () => {
      const { url } = await startTls(await authority.issue('DNS:prometheus.internal'));
      expect(await refusal(url, trusting)).toMatchObject(matching(/127\.0\.0\.1/, /serverName/));
    });

    test('when it wants a certificate of ours, and there is none', async () => {
      const { url } = await startTls({ ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: true });
      expect(await refusal(url, trusting)).toMatchObject(
        matching(/other side closed|certificate required|ECONNRESET/, /cert.*key/),
      );
    });

    test('when what should be a certificate is none, that of its authority or our own', async () => {
      const { url } = await startTls(own);
      expect(await refusal(url, { tls: { ca: 'file:broken.pem' } })).toMatchObject(
        matching(/unable to verify/, /PEM.*ca/),
      );
      const tls = { ca: 'file:ca.pem', cert: 'file:broken.pem', key: 'file:broken.pem' };
      expect(await refusal(url, { tls })).toMatchObject(matching(/no start line/, /cert.*key.*PEM/));
    });

    test('when it does not speak TLS at all', async () => {
      const plain = await startCustomBackend((_, response) => void response.end('{}'));
      releasers.add(plain, (running) => running.stop());
      expect(await refusal(plain.url.replace('http:', 'https:'), {})).toMatchObject(
        matching(/wrong version|packet length/i, /http:/),
      );
    });

    test('and so is a source of JSON', async () => {
      const { url } = await startTls(authority);
      const source = createHttpJsonMetrics(
        { name: 'metrics "queues"', url, method: 'GET', timeoutMs: TIMEOUT_MS, access: {} },
        readSecret,
      );
      const refused = source.scalar({ query: '/#/depth', atMs: 0, windowMs: 1000 });
      await expect(refused).rejects.toMatchObject(matching(/self-signed certificate/, /tls:.*ca/));
    });
  });
});
