import { afterEach, describe, expect, test } from 'vitest';
import { askWhoAnswers } from '../../../src/adapters/gateway/who-answers.js';
import { freePort } from '../../../src/dev/free-port.js';
import { startGateway } from '../../../src/gateway/gateway.js';
import { startHealthServer } from '../../../src/worker/health-server.js';
import { startStranger, STRANGERS, type StrangerKind } from '../../helpers/strangers.js';

const TIMEOUT_MS = 1500;

const releases: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const release of releases.splice(0)) await release();
});

test('a gateway says that it is one, whose it is, and where users come in [W4]', async () => {
  const owner = { directory: '/home/ada/shop/.headgate', config: '/home/ada/shop/headgate.yaml' };
  const gateway = await startGateway({ owner });
  releases.push(() => gateway.close());
  expect(await askWhoAnswers(gateway.adminUrl, TIMEOUT_MS)).toEqual({
    kind: 'gateway',
    program: 'headgate-gateway',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    owner: owner.directory,
    config: owner.config,
    pid: process.pid,
    trafficUrl: gateway.trafficUrl,
    routes: 0,
  });
});

test('where nobody listens there is nobody [W4]', async () => {
  expect(await askWhoAnswers(`http://127.0.0.1:${String(await freePort())}`, TIMEOUT_MS)).toEqual({ kind: 'nobody' });
});

describe('a program that is no gateway', () => {
  const words: Readonly<Record<StrangerKind, RegExp>> = {
    'serves a folder, as python3 -m http.server does':
      /^an HTTP server \(SimpleHTTP\/0\.6 Python\/3\.11\.2\) that answers \/healthz with 404$/,
    'answers 200 and JSON to everything': /^an HTTP server that answers \/healthz with 200 and \{"status":"ok"\}$/,
    'answers 200 and an empty page to everything': /^an HTTP server that answers \/healthz with 200$/,
    'redirects everything to itself': /^an HTTP server that answers \/healthz with 302$/,
    'answers without end': /^an HTTP server that answers \/healthz with 200$/,
    'begins an answer and stops': /^a program that accepts connections and does not answer$/,
    'accepts connections and says nothing': /^a program that accepts connections and does not answer$/,
    'hangs up on everybody': /^a program that closes connections without an answer$/,
    'speaks first, and not HTTP': /^a program that does not speak HTTP/,
  };

  test.each(Object.keys(STRANGERS) as StrangerKind[])('is told from one when it %s [W4]', async (kind) => {
    const stranger = await startStranger(kind);
    releases.push(() => stranger.stop());
    expect(await askWhoAnswers(stranger.url, TIMEOUT_MS)).toMatchObject({
      kind: 'other',
      what: expect.stringMatching(words[kind]) as string,
    });
  });

  test('is named when it is the health endpoint of a worker [W4]', async () => {
    const worker = await startHealthServer('127.0.0.1', 0, {
      state: () => ({ rollouts: 'RUNNING', watches: 'RUNNING' }),
      ready: () => true,
      metrics: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
    });
    releases.push(() => worker.close());
    expect(await askWhoAnswers(worker.url, TIMEOUT_MS)).toEqual({
      kind: 'other',
      answers: true,
      what: 'the health endpoint of a Headgate worker',
    });
  });
});
