import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../contract/support/eventually.js';
import { CounterLog } from '../../src/gateway/counter-log.js';
import type { Gateway } from '../../src/gateway/gateway.js';
import { startCustomBackend, type CustomBackend } from './support/custom-backend.js';
import { codesOf, countsOf, Releasers, startShop } from './support/gateway.js';

const releasers = new Releasers();
afterEach(() => releasers.releaseAll());

const backend = async (listener: (request: IncomingMessage, response: ServerResponse) => void) =>
  releasers.add(await startCustomBackend(listener), (started) => started.stop());

const shop = async (...args: Parameters<typeof startShop>): ReturnType<typeof startShop> =>
  releasers.add(await startShop(...args), (gateway) => gateway.close());

const never = (incoming: IncomingMessage): void => void incoming.resume();

/** What the gateway tells Prometheus of `blue`, besides codes. */
async function toldOf(gateway: Gateway): Promise<{ readonly unanswered: number; readonly timed: number }> {
  const text = await (await request(`${gateway.adminUrl}/metrics`)).body.text();
  const valueOf = (name: string): number =>
    Number(new RegExp(`^${name}\\{[^}]*backend="blue"[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    unanswered: valueOf('headgate_gateway_unanswered_requests_total'),
    timed: valueOf('headgate_gateway_request_duration_seconds_count'),
  };
}

/** Asks, and gives up as soon as the backend has been asked. */
async function giveUp(gateway: Gateway, blue: CustomBackend, method: 'GET' | 'HEAD' | 'POST'): Promise<void> {
  const arrived = blue.seen.length;
  const controller = new AbortController();
  const asking = request(gateway.trafficUrl, { method, signal: controller.signal });
  await until('the request to arrive', () => blue.seen.length > arrived);
  controller.abort();
  await expect(asking).rejects.toThrow();
}

const NO_LATENCIES = Array.from({ length: 21 }, () => 0);

describe('a request that ended before its backend began to answer', () => {
  test.each(['GET', 'HEAD', 'POST'] as const)(
    'is neither success nor error, and has no latency: %s [W10]',
    async (method) => {
      const blue = await backend(never);
      const gateway = await shop({ blue: blue.url });
      const sinceMs = Date.now();
      await giveUp(gateway, blue, method);
      expect(await countsOf(gateway, 'blue', sinceMs, 1)).toEqual({
        requests: 1,
        errors: 0,
        unanswered: 1,
        latencyCounts: NO_LATENCIES,
      });
      expect(await codesOf(gateway, 'blue')).toEqual({ 499: 1 });
      expect(await toldOf(gateway)).toEqual({ unanswered: 1, timed: 0 });
    },
  );

  test('may be an upload that its client has broken off, or never finished [W10]', async () => {
    const blue = await backend(never);
    const gateway = await shop({ blue: blue.url }, {}, { responseTimeoutMs: 300 });
    const sinceMs = Date.now();
    const upload = (): ReturnType<typeof httpRequest> => {
      const sent = httpRequest(gateway.trafficUrl, { method: 'POST', headers: { 'content-length': 10 } });
      sent.on('error', () => undefined).write('half');
      return sent;
    };
    const broken = upload();
    await until('it to arrive', () => blue.seen.length === 1);
    broken.destroy();
    const stalled = upload();
    await once(stalled, 'response');
    stalled.destroy();
    expect(await countsOf(gateway, 'blue', sinceMs, 2)).toMatchObject({ requests: 2, errors: 0, unanswered: 2 });
    expect(await codesOf(gateway, 'blue')).toEqual({ 408: 1, 499: 1 });
  });

  test('may be an upgrade to a WebSocket that nobody took [W10]', async () => {
    const blue = await backend(never);
    const upgraded: { destroy(): unknown }[] = [];
    blue.server.on('upgrade', (_, own: { destroy(): unknown }) => upgraded.push(own));
    const gateway = await shop({ blue: blue.url });
    const sinceMs = Date.now();
    const { hostname, port } = new URL(gateway.trafficUrl);
    const socket = connect(Number(port), hostname);
    socket.write('GET / HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await until('the upgrade to arrive', () => upgraded.length === 1);
    socket.destroy();
    expect(await countsOf(gateway, 'blue', sinceMs, 1)).toMatchObject({ requests: 1, errors: 0, unanswered: 1 });
    for (const one of upgraded) one.destroy();
  });
});

describe('what is answered, or fails, is told apart from it', () => {
  test('an answer that has begun when its client leaves is an answer [W10]', async () => {
    const blue = await backend((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    const gateway = await shop({ blue: blue.url });
    const sinceMs = Date.now();
    const answer = await request(gateway.trafficUrl);
    answer.body.on('error', () => undefined).destroy();
    const counts = await countsOf(gateway, 'blue', sinceMs, 1);
    expect(counts).toMatchObject({ requests: 1, errors: 0 });
    expect(counts).not.toHaveProperty('unanswered');
    expect(await toldOf(gateway)).toEqual({ unanswered: 0, timed: 1 });
  });

  test('a backend that does not begin in time is an error, whoever waits: a user or a WebSocket [W10]', async () => {
    const blue = await backend(never);
    const upgraded: { destroy(): unknown }[] = [];
    blue.server.on('upgrade', (_, socket: { destroy(): unknown }) => upgraded.push(socket));
    const gateway = await shop({ blue: blue.url }, {}, { responseTimeoutMs: 80 });
    const sinceMs = Date.now();
    expect((await request(gateway.trafficUrl)).statusCode).toBe(504);
    const { hostname, port } = new URL(gateway.trafficUrl);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).resume();
    socket.write('GET / HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(socket, 'close');
    for (const one of upgraded) one.destroy();
    const counts = await countsOf(gateway, 'blue', sinceMs, 2);
    expect(counts).toMatchObject({ requests: 2, errors: 2 });
    expect(counts).not.toHaveProperty('unanswered');
    expect(await codesOf(gateway, 'blue')).toEqual({ 504: 2 });
  });
});

test('every unanswered request is in exactly one interval, however time is cut [W10]', () => {
  const event = fc.record({ afterMs: fc.nat(5000), answered: fc.boolean() });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 100 }), fc.integer({ min: 1, max: 20_000 }), (events, stepMs) => {
      const sinceMs = 1_000_000_000_400;
      const log = new CounterLog({ grainMs: 1000, retentionMs: 3_600_000, sinceMs });
      let nowMs = sinceMs;
      for (const { afterMs, answered } of events) {
        nowMs += afterMs;
        if (answered) log.record(nowMs, 5, false);
        else log.recordUnanswered(nowMs);
      }
      const toMs = nowMs + 2000;
      const steps = log.read({ fromMs: sinceMs, toMs, stepMs }, toMs);
      const sum = (of: 'requests' | 'unanswered') => steps.reduce((total, step) => total + (step?.[of] ?? 0), 0);
      expect(sum('requests')).toBe(events.length);
      expect(sum('unanswered')).toBe(events.filter(({ answered }) => !answered).length);
      const timed = steps.flatMap((step) => step?.latencyCounts ?? []).reduce((total, count) => total + count, 0);
      expect(timed).toBe(events.filter(({ answered }) => answered).length);
    }),
  );
});
