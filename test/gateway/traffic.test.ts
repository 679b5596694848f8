import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../contract/support/eventually.js';
import { untilMoment } from '../helpers/until.js';
import { startCustomBackend, type CustomBackend } from './support/custom-backend.js';
import { codesOf, countsOf, Releasers, setWeights, startShop } from './support/gateway.js';

const releasers = new Releasers();
afterEach(() => releasers.releaseAll());

async function backend(listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<CustomBackend> {
  return releasers.add(await startCustomBackend(listener), (started) => started.stop());
}

const shop = async (...args: Parameters<typeof startShop>): ReturnType<typeof startShop> =>
  releasers.add(await startShop(...args), (gateway) => gateway.close());

const answering = (text: string) => (incoming: IncomingMessage, response: ServerResponse) => {
  incoming.resume();
  response.end(text);
};

describe('bodies', () => {
  test('a request body reaches the backend while its client is still sending', async () => {
    const parts: string[] = [];
    const blue = await backend((incoming, response) => {
      incoming.on('data', (part: Buffer) => parts.push(part.toString()));
      incoming.on('end', () => response.end(parts.join('')));
    });
    const gateway = await shop({ blue: blue.url });
    const upload = httpRequest(gateway.trafficUrl, { method: 'POST' });
    upload.write('first ');
    await until('the first part to arrive', () => parts.length === 1);
    upload.end('second');
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    expect(await textOf(answer)).toBe('first second');
  });

  test('an answer reaches the client while its backend is still answering', async () => {
    let finish: (() => void) | undefined;
    const blue = await backend((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      finish = () => response.end('data: 2\n\n');
    });
    const gateway = await shop({ blue: blue.url });
    const answer = await request(gateway.trafficUrl);
    const parts: string[] = [];
    answer.body.on('data', (part: Buffer) => parts.push(part.toString()));
    await until('the first event', () => parts.join('') === 'data: 1\n\n');
    finish?.();
    await until('the second event', () => parts.join('') === 'data: 1\n\ndata: 2\n\n');
  });

  test('a client that asks whether it may send its body is told so', async () => {
    const blue = await backend((incoming, response) => incoming.pipe(response));
    const gateway = await shop({ blue: blue.url });
    const upload = httpRequest(gateway.trafficUrl, { method: 'PUT', headers: { expect: '100-continue' } });
    upload.flushHeaders();
    await once(upload, 'continue');
    upload.end('the body');
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    expect(await textOf(answer)).toBe('the body');
  });

  test.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ] as const)('an answer without a body stays without one: %s, %d', async (method, status) => {
    const blue = await backend((_, response) => {
      response.writeHead(status, status === 200 ? { 'content-length': 12 } : {}).end();
    });
    const gateway = await shop({ blue: blue.url });
    for (let round = 0; round < 3; round += 1) {
      const answer = await request(gateway.trafficUrl, { method });
      expect([answer.statusCode, await answer.body.text()]).toEqual([status, '']);
      expect(answer.headers['content-length']).toBe(status === 200 ? '12' : undefined);
    }
  });

  test('a megabyte goes there and back unharmed', async () => {
    const blue = await backend((incoming, response) => incoming.pipe(response));
    const gateway = await shop({ blue: blue.url });
    const body = Buffer.alloc(1_000_000, 'headgate');
    const answer = await request(gateway.trafficUrl, { method: 'PUT', body });
    expect(Buffer.from(await answer.body.arrayBuffer()).equals(body)).toBe(true);
  });
});

describe('a change of weights', () => {
  test('lets a request in flight finish where it is', async () => {
    let finish: (() => void) | undefined;
    const blue = await backend((_, response) => {
      response.write('blue ');
      finish = () => response.end('to the end');
    });
    const green = await backend(answering('green'));
    const gateway = await shop({ blue: blue.url, green: green.url });
    const slow = await request(gateway.trafficUrl);
    await setWeights(gateway, { green: 100 });
    expect(await (await request(gateway.trafficUrl)).body.text()).toBe('green');
    finish?.();
    expect(await slow.body.text()).toBe('blue to the end');
  });
});

describe('who a user is', () => {
  test('a visitor without the cookie gets one and keeps their side with it', async () => {
    const blue = await backend((_, response) => response.setHeader('set-cookie', 'cart=7').end('blue'));
    const green = await backend((_, response) => response.setHeader('set-cookie', 'cart=7').end('green'));
    const gateway = await shop({ blue: blue.url, green: green.url }, { sticky: { cookie: 'uid' } });
    await setWeights(gateway, { green: 50, blue: 50 });
    for (let visitor = 0; visitor < 20; visitor += 1) {
      const first = await request(gateway.trafficUrl);
      const cookies = first.headers['set-cookie'];
      expect(cookies).toEqual([
        'cart=7',
        expect.stringMatching(/^uid=[\w-]{36}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/),
      ]);
      const side = await first.body.text();
      const cookie = `a=b; ${String(cookies?.[1]?.split(';')[0])}`;
      const again = await request(gateway.trafficUrl, { headers: { cookie } });
      expect(await again.body.text()).toBe(side);
      expect(again.headers['set-cookie']).toBe('cart=7');
    }
  });

  test('with header stickiness nobody gets a cookie', async () => {
    const blue = await backend(answering('blue'));
    const gateway = await shop({ blue: blue.url });
    expect((await request(gateway.trafficUrl)).headers['set-cookie']).toBeUndefined();
  });
});

describe('what goes wrong', () => {
  test('a backend that cannot be reached is a 502 and an error of that backend', async () => {
    const gateway = await shop({ blue: 'http://127.0.0.1:1' });
    const sinceMs = Date.now();
    const answer = await request(gateway.trafficUrl);
    expect(answer.statusCode).toBe(502);
    expect(await answer.body.text()).toContain('could not be reached');
    expect(await countsOf(gateway, 'blue', sinceMs, 1)).toMatchObject({ requests: 1, errors: 1 });
    expect(await codesOf(gateway, 'blue')).toEqual({ 502: 1 });
  });

  test('a backend that does not answer in time is a 504 and an error', async () => {
    const blue = await backend((incoming) => incoming.resume());
    const gateway = await shop({ blue: blue.url }, {}, { responseTimeoutMs: 80 });
    expect((await request(gateway.trafficUrl, { method: 'POST', body: 'x' })).statusCode).toBe(504);
    expect(await codesOf(gateway, 'blue')).toEqual({ 504: 1 });
  });

  test('a client that does not finish its request in time is nobody’s error', async () => {
    const blue = await backend((incoming) => incoming.resume());
    const gateway = await shop({ blue: blue.url }, {}, { responseTimeoutMs: 80 });
    const upload = httpRequest(gateway.trafficUrl, { method: 'POST', headers: { 'content-length': 10 } });
    upload.on('error', () => undefined).write('half');
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(408);
    expect(await codesOf(gateway, 'blue')).toEqual({ 408: 1 });
    upload.destroy();
  });

  test('an answer that rests longer than that after it has begun is left alone', async () => {
    const resting: ServerResponse[] = [];
    const blue = await backend((_, response) => {
      response.write('a');
      resting.push(response);
    });
    const responseTimeoutMs = 1000;
    const gateway = await shop({ blue: blue.url }, {}, { responseTimeoutMs });
    const { body } = await request(gateway.trafficUrl);
    await untilMoment('the time to begin to be over by half', Date.now() + 1.5 * responseTimeoutMs);
    resting[0]?.end('b');
    expect(await body.text()).toBe('ab');
  });

  test('an answer that breaks off breaks off for the client too, and is an error', async () => {
    const blue = await backend((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('not a hundred bytes', () => response.destroy());
    });
    const gateway = await shop({ blue: blue.url });
    const answer = await request(gateway.trafficUrl);
    await expect(answer.body.text()).rejects.toThrow();
    await until('the request to be counted', async () => (await codesOf(gateway, 'blue'))['502'] === 1);
  });

  test('a client that goes away is nobody’s error', async () => {
    const blue = await backend((incoming) => incoming.resume());
    const gateway = await shop({ blue: blue.url });
    const sinceMs = Date.now();
    const controller = new AbortController();
    const asking = request(gateway.trafficUrl, { signal: controller.signal });
    await until('the request to arrive', () => blue.seen.length === 1);
    controller.abort();
    await expect(asking).rejects.toThrow();
    expect(await countsOf(gateway, 'blue', sinceMs, 1)).toMatchObject({ requests: 1, errors: 0 });
    expect(await codesOf(gateway, 'blue')).toEqual({ 499: 1 });
    await until('the backend to be told', () => blue.seen[0]?.destroyed === true);
  });

  test('an error of the backend passes as it is', async () => {
    const blue = await backend((_, response) => response.writeHead(500, { 'x-why': 'because' }).end('broken'));
    const gateway = await shop({ blue: blue.url });
    const answer = await request(gateway.trafficUrl);
    expect([answer.statusCode, answer.headers['x-why'], await answer.body.text()]).toEqual([500, 'because', 'broken']);
    expect(await codesOf(gateway, 'blue')).toEqual({ 500: 1 });
  });

  test('a request that no route takes is a 404 that says so', async () => {
    const blue = await backend(answering('blue'));
    const gateway = await shop({ blue: blue.url }, { match: { pathPrefix: '/shop' } });
    const answer = await request(`${gateway.trafficUrl}/else`);
    expect(answer.statusCode).toBe(404);
    expect(await answer.body.json()).toMatchObject({ code: 'NO_ROUTE' });
    expect(blue.seen).toEqual([]);
  });
});

describe('connections', () => {
  test('are kept on both sides', async () => {
    const blue = await backend(answering('blue'));
    let accepted = 0;
    blue.server.on('connection', () => (accepted += 1));
    const gateway = await shop({ blue: blue.url });
    const agent = new HttpAgent({ keepAlive: true, maxSockets: 1 });
    for (let index = 0; index < 20; index += 1) {
      const asking = httpRequest(gateway.trafficUrl, { agent });
      asking.end();
      const [answer] = (await once(asking, 'response')) as [IncomingMessage];
      await textOf(answer);
      expect(asking.reusedSocket).toBe(index > 0);
    }
    agent.destroy();
    expect(accepted).toBe(1);
  });

  test('a backend that closes every connection does not make clients lose theirs', async () => {
    const blue = await backend((_, response) => response.setHeader('connection', 'close').end('blue'));
    const gateway = await shop({ blue: blue.url });
    const answer = await request(gateway.trafficUrl);
    expect(answer.headers.connection).toBe('keep-alive');
    expect(answer.headers['keep-alive']).not.toBe('timeout=5');
  });

  test('a backend that announces that it will soon close a connection is not asked on it again', async () => {
    const blue = await backend((incoming, response) => {
      incoming.resume();
      response.setHeader('keep-alive', 'timeout=1').end('blue');
    });
    let accepted = 0;
    blue.server.on('connection', () => (accepted += 1));
    const gateway = await shop({ blue: blue.url });
    for (let index = 0; index < 3; index += 1) {
      const answer = await request(gateway.trafficUrl, { method: 'POST', body: 'once only' });
      expect(answer.headers['keep-alive']).toBeUndefined();
      await answer.body.dump();
    }
    expect(accepted).toBe(3);
  });

  test('a client that asks to close is granted it', async () => {
    const blue = await backend(answering('blue'));
    const gateway = await shop({ blue: blue.url });
    const { hostname, port } = new URL(gateway.trafficUrl);
    const socket = connect(Number(port), hostname);
    socket.write('GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n');
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 OK[^]*connection: close[^]*blue$/i);
    expect(blue.seen[0]?.headers.connection).toBe('keep-alive');
  });

  test('a connection that its backend closed while idle is not noticed', async () => {
    const blue = await backend((incoming, response) => {
      incoming.resume();
      response.end('blue');
      // Goes away without a word, as a backend does whose keep-alive has just run out.
      response.once('close', () => incoming.socket.destroy());
    });
    const gateway = await shop({ blue: blue.url });
    for (let index = 0; index < 50; index += 1) {
      const answer = await request(gateway.trafficUrl);
      expect([answer.statusCode, await answer.body.text()]).toEqual([200, 'blue']);
    }
    expect(await codesOf(gateway, 'blue')).toEqual({ 200: 50 });
  });

  test('what is about one connection alone is not passed on, and who asks is', async () => {
    const blue = await backend(answering('blue'));
    const gateway = await shop({ blue: blue.url });
    const { hostname, port } = new URL(gateway.trafficUrl);
    const socket = connect(Number(port), hostname);
    socket.write(
      'GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\nTE: trailers\r\nX-User: ada\r\n\r\n',
    );
    await textOf(socket);
    const headers = blue.seen[0]?.headers ?? {};
    expect(headers).toMatchObject({ host: 'shop.example', 'x-user': 'ada', 'x-forwarded-for': '127.0.0.1' });
    expect(headers).not.toHaveProperty('x-secret');
    expect(headers).not.toHaveProperty('te');
  });
});

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const part of stream) text += part.toString();
  return text;
}
