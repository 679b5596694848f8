import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHaproxyRouter } from '../../../../src/adapters/routers/haproxy/router.js';
import { splitBetween } from '../../../../src/domain/rollout/weights.js';

// What a real HAProxy of the version at hand cannot be made to say: other versions, other programs, broken lines.

const ROUTE = { service: 'checkout', targets: { blue: 'blue', green: 'green' } };
const FIVE = splitBetween({ baseline: 'blue', candidate: 'green' }, 5);
const TIMEOUT_MS = 2000;

let server: Server;
const lines: string[] = [];

afterEach(() => {
  lines.length = 0;
  server.close();
});

/** A program that gives every line the same answer and hangs up, or goes on talking. */
async function answering(answer: string | null) {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (line) => {
      lines.push(line.toString());
      if (answer !== null) socket.end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const router = createHaproxyRouter({
    map: 'share.map',
    instances: [{ socket, mapFile: null }],
    timeoutMs: TIMEOUT_MS,
  });
  return {
    set: () =>
      router.setWeights(ROUTE, FIVE).then(
        () => 'done',
        (error: unknown) => error,
      ),
    read: () => router.readWeights(ROUTE),
  };
}

const found = (value: string): string =>
  `\ntype=str, case=sensitive, found=yes, idx=tree, key="checkout", value="${value}", type="str"\n\n`;

test('what is told is one line, and what is asked with it is what it does then', async () => {
  const haproxy = await answering(found('green/5000/blue'));
  expect(await haproxy.set()).toBe('done');
  expect(lines).toEqual(['set map share.map checkout green/5000/blue;get map share.map checkout\n']);
});

test.each([
  [
    'a socket of too low a level',
    'Permission denied\n\n',
    /permission denied: the level of its socket is too low; expected stats socket … level admin/,
  ],
  [
    'an instance that says yes and does something else',
    found('green/0/blue'),
    /was told green\/5000\/blue but does green\/0\/blue/,
  ],
  ['an answer that breaks off', '\ntype=str, case=sensi', /the answer broke off/],
  ['one that hangs up', '', /hung up without an answer/],
  ['one that never answers', null, /no answer within 2000 ms/],
  [
    'another program',
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    /answered "HTTP\/1\.1 400 Bad Request"; expected the runtime API of HAProxy/,
  ],
])('%s is named when it is told, and when it is asked', async (_, answer, says) => {
  const haproxy = await answering(answer);
  expect(await haproxy.set()).toMatchObject({
    message: 'router "haproxy": 1 of 1 instances could not be told',
    got: expect.stringMatching(says) as string,
  });
  const [instance] = await haproxy.read();
  expect(instance).toHaveProperty('unreachable');
});

test('one that never stops talking is cut off', async () => {
  const haproxy = await answering('x'.repeat(5 * 1024 * 1024));
  expect(await haproxy.set()).toMatchObject({ got: expect.stringMatching(/does not end|no answer within/) as string });
});
