import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHaproxyRouter } from '../../../../src/adapters/routers/haproxy/router.js';
import { splitBetween } from '../../../../src/domain/traffic/weights.js';

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

/** A program that gives every line an answer and hangs up; `null`: it never says a word. */
async function answering(answer: ((line: string) => string) | null) {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (line) => {
      lines.push(line.toString());
      if (answer !== null) socket.end(answer(line.toString()));
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
      router.setWeights(ROUTE, FIVE, { fence: 41 }).then(
        () => 'done',
        (error: unknown) => error,
      ),
    read: () => router.readWeights(ROUTE),
    obstacles: () => router.whyNotSplittable(ROUTE, [FIVE]),
  };
}

const found = (key: string, value: string): string =>
  `type=str, case=sensitive, found=yes, idx=tree, key="${key}", value="${value}", type="str"\n\n`;

const BACKENDS = '# name\nblue\ngreen\n\n';

const entry = (value: string, fence: string): string =>
  [found('checkout~fence', fence), found('checkout', value), found('checkout~fence', fence)].join('');

test('what is told is one line, in which nobody can take the split for that of another fence, and it is asked with it', async () => {
  const haproxy = await answering((line) =>
    line.includes('set map') ? `\n\n\n${entry('green/5000/blue', '41')}` : entry('green/0/blue', '33'),
  );
  expect(await haproxy.set()).toBe('done');
  const asks = 'get map share.map checkout~fence;get map share.map checkout;get map share.map checkout~fence';
  expect(lines).toEqual([
    `${asks}\n`,
    'set map share.map checkout~fence 33>41;set map share.map checkout green/5000/blue;' +
      `set map share.map checkout~fence 41;${asks}\n`,
  ]);
});

test('what several ask goes over one connection, and each has its own answer', async () => {
  const haproxy = await answering((text) => {
    const values = [found('checkout~fence', '41'), found('checkout', 'green/7/blue'), found('checkout~fence', '41')];
    const said = text
      .trim()
      .split('\n')
      .map((line) => (line === 'prompt' ? '\n' : line === 'show backend' ? BACKENDS : (values.shift() ?? '')));
    return said.join('> ');
  });
  expect(await haproxy.obstacles()).toEqual([]);
  expect(lines).toEqual([expect.stringMatching(/^prompt\nshow backend\n(get map .*\n){3}quit\n$/)]);
});

test.each(['beg', 'sub', 'reg', 'end', 'dom'])(
  'a map that is looked up by "%s" is refused: a key would be taken for its own fence [W36]',
  async (match) => {
    const haproxy = await answering(() => entry('green/0/blue', '33').replaceAll('type=str', `type=${match}`));
    await expect(haproxy.read()).rejects.toMatchObject({
      got: expect.stringContaining(`looks the map share.map up by "${match}"`) as string,
      remedy: expect.stringContaining('a map of their own') as string,
    });
    expect(lines.join('')).not.toContain('set map');
  },
);

test.each([
  [
    'a socket of too low a level',
    () => 'Permission denied\n\n',
    /permission denied: the level of its socket is too low; expected stats socket … level admin/,
  ],
  ['an answer that breaks off', () => '\ntype=str, case=sensi', /the answer broke off/],
  ['one that hangs up', () => '', /hung up without an answer/],
  ['one that never answers', null, /no answer within 2000 ms/],
  [
    'another program',
    () => 'HTTP/1.1 400 Bad Request\r\n\r\n',
    /answered "HTTP\/1\.1 400 Bad Request"; expected the runtime API of HAProxy/,
  ],
  [
    'one that says less than it was asked',
    () => found('checkout', 'green/0/blue'),
    /answered "type=str.*; expected the runtime API of HAProxy/,
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

test('an instance that says yes and does something else is named when it is told', async () => {
  const haproxy = await answering(() => entry('green/0/blue', '33'));
  expect(await haproxy.set()).toMatchObject({
    got: expect.stringContaining('was told green/5000/blue under fence 41 but does green/0/blue under 33') as string,
  });
});

test('one that never stops talking is cut off', async () => {
  const haproxy = await answering(() => 'x'.repeat(5 * 1024 * 1024));
  expect(await haproxy.set()).toMatchObject({ got: expect.stringMatching(/does not end|no answer within/) as string });
});
