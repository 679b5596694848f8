import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../contract/support/eventually.js';
import { startCustomBackend } from './support/custom-backend.js';
import { codesOf, Releasers, setWeights, startShop } from './support/gateway.js';

const releasers = new Releasers();
afterEach(() => releasers.releaseAll());

/** A backend that takes WebSocket upgrades and echoes the bytes, its name in front. */
async function echo(name: string): Promise<string> {
  const backend = await startCustomBackend((_, response) => response.writeHead(426).end('websockets only'));
  const sockets = new Set<Socket>();
  backend.server.on('upgrade', (request, socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    if (request.url === '/refused') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nshut');
      return;
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.on('data', (part: Buffer) => socket.write(`${name}:${part.toString()}`));
  });
  releasers.add(backend, async (started) => {
    for (const socket of sockets) socket.destroy();
    await started.stop();
  });
  return backend.url;
}

interface Conversation {
  readonly socket: Socket;
  readonly heard: () => string;
}

function open(trafficUrl: string, path = '/', headers = '', upgrade = 'websocket'): Conversation {
  const { hostname, port } = new URL(trafficUrl);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (part: Buffer) => (heard += part.toString()));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n${headers}\r\n`);
  releasers.add(socket, (opened) => Promise.resolve(opened.destroy()));
  return { socket, heard: () => heard };
}

const shop = async (...args: Parameters<typeof startShop>): ReturnType<typeof startShop> =>
  releasers.add(await startShop(...args), (gateway) => gateway.close());

describe('a WebSocket', () => {
  test('passes, in both directions, and stays where it is when the weights change', async () => {
    const gateway = await shop({ blue: await echo('blue'), green: await echo('green') }, {}, { drainMs: 50 });
    const first = open(gateway.trafficUrl);
    await until('the upgrade', () => first.heard().includes('101 Switching Protocols'));
    await setWeights(gateway, { green: 100 });
    first.socket.write('hello');
    await until('the echo', () => first.heard().endsWith('blue:hello'));
    const second = open(gateway.trafficUrl);
    await until('the second upgrade', () => second.heard().includes('101'));
    second.socket.write('hello');
    await until('the second echo', () => second.heard().endsWith('green:hello'));
    expect(await codesOf(gateway, 'blue')).toEqual({ 101: 1 });
    expect(await codesOf(gateway, 'green')).toEqual({ 101: 1 });
  });

  test('a visitor without the cookie gets one with the upgrade', async () => {
    const gateway = await shop({ blue: await echo('blue') }, { sticky: { cookie: 'uid' } }, { drainMs: 50 });
    const conversation = open(gateway.trafficUrl);
    await until('the cookie', () => /101[^]*set-cookie: uid=/i.test(conversation.heard()));
  });

  test('a refusal of the backend passes as it is', async () => {
    const gateway = await shop({ blue: await echo('blue') }, {}, { drainMs: 50 });
    const conversation = open(gateway.trafficUrl, '/refused');
    await until('the refusal', () => /403 Forbidden[^]*shut$/.test(conversation.heard()));
    expect(await codesOf(gateway, 'blue')).toEqual({ 403: 1 });
  });

  test('a backend that is away is a 502 and an error', async () => {
    const gateway = await shop({ blue: 'http://127.0.0.1:1' });
    const conversation = open(gateway.trafficUrl);
    await once(conversation.socket, 'end');
    expect(conversation.heard()).toMatch(/^HTTP\/1\.1 502 /);
    expect(await codesOf(gateway, 'blue')).toEqual({ 502: 1 });
  });

  test('without a route it is a 404', async () => {
    const gateway = await shop({ blue: await echo('blue') }, { match: { host: 'other.example' } });
    const conversation = open(gateway.trafficUrl);
    await once(conversation.socket, 'end');
    expect(conversation.heard()).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('ends with the gateway, after the time it is given', async () => {
    const gateway = await shop({ blue: await echo('blue') }, {}, { drainMs: 100 });
    const conversation = open(gateway.trafficUrl);
    await until('the upgrade', () => conversation.heard().includes('101'));
    await gateway.close();
    await until('the connection to end', () => conversation.socket.closed);
  });
});

test('an offer to upgrade to something else is passed over, as HTTP allows', async () => {
  const blue = releasers.add(await startCustomBackend((request, response) => request.pipe(response)), (backend) =>
    backend.stop(),
  );
  const gateway = await shop({ blue: blue.url });
  const conversation = open(
    gateway.trafficUrl,
    '/',
    'HTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 4\r\n',
    'h2c',
  );
  conversation.socket.write('body');
  await until('a plain answer', () => /^HTTP\/1\.1 200 OK[^]*body/.test(conversation.heard()));
  expect(blue.seen[0]?.headers.upgrade).toBeUndefined();
});
