import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DevService } from '../config-file.js';
import { DEMO_VERSIONS, drawLatencyMs, drawsError, type DemoVersion } from './versions.js';

/** Says which version answered, so that users can be counted where they are. */
export const VERSION_HEADER = 'x-version';

const DEPLOY_PATH = '/deploy/';

/** One lasting place where a version of the demo service runs. */
export interface CheckoutSlot {
  readonly slot: string;
  readonly url: string;
  readonly version: DemoVersion;
  /** Replaces what runs here. */
  deploy(version: DemoVersion): void;
  stop(): Promise<void>;
}

export const DEMO_SERVICE = 'checkout';

/** The slots as a service that can be rolled out. */
export function checkoutService(slots: readonly CheckoutSlot[]): DevService {
  return {
    name: DEMO_SERVICE,
    backends: Object.fromEntries(slots.map(({ slot, url }) => [slot, url])),
    version: { path: '/version', field: 'version' },
  };
}

/** Starts the demo service `checkout` in a slot, on any free port of this machine. */
export async function startCheckoutSlot(slot: string, first: DemoVersion): Promise<CheckoutSlot> {
  let running = first;
  let firstUserAtMs: number | null = null;
  const deploy = (version: DemoVersion): void => {
    running = version;
    firstUserAtMs = null;
  };
  const server = createServer((request, response) => {
    const wanted = asksToDeploy(request);
    if (wanted !== undefined) deploy(wanted);
    if (isUser(request)) firstUserAtMs ??= Date.now();
    const isDead = firstUserAtMs !== null && Date.now() - firstUserAtMs >= (running.diesAfterMs ?? Infinity);
    if (isDead) answerDead(running, request, response);
    else answer(running, request, response);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    slot,
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    get version() {
      return running;
    },
    deploy,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** `POST /deploy/1.2.0` is what a person at the demo types to change what runs here. */
function asksToDeploy({ method, url = '' }: IncomingMessage): DemoVersion | undefined {
  if (method !== 'POST' || !url.startsWith(DEPLOY_PATH)) return undefined;
  return Object.values(DEMO_VERSIONS).find(({ version }) => version === url.slice(DEPLOY_PATH.length));
}

function isUser({ url = '' }: IncomingMessage): boolean {
  return url !== '/health' && url !== '/version' && !url.startsWith(DEPLOY_PATH);
}

/** What is left of it says so. */
function answerDead({ version }: DemoVersion, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response
    .writeHead(503, { 'content-type': 'application/json', [VERSION_HEADER]: version })
    .end(JSON.stringify({ error: 'the process is out of memory' }));
}

function answer(running: DemoVersion, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const send = (status: number, body: object): void => {
    response
      .writeHead(status, { 'content-type': 'application/json', [VERSION_HEADER]: running.version })
      .end(JSON.stringify(body));
  };
  if (request.url === '/health') {
    send(200, { status: 'ok' });
    return;
  }
  if (request.url === '/version' || request.url?.startsWith(DEPLOY_PATH) === true) {
    send(200, { version: running.version });
    return;
  }
  const timer = setTimeout(() => {
    if (drawsError(running)) send(500, { error: 'the payment provider was called with the wrong currency' });
    else send(200, { order: 'accepted', version: running.version });
  }, drawLatencyMs(running));
  response.once('close', () => clearTimeout(timer));
}
