import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../../src/gateway/http-server.js';
import { partConfig, partHears, partReady } from '../../lib/forked.js';
import type { Behaviour } from '../schedule/schedule.js';
import { SERVED_BY, SLOTS, VERSION_PATH, type Slot } from './plane.js';

/** Two backends for each service, which behave as they are told. */
export interface BackendsConfig {
  readonly services: readonly string[];
}

export interface BackendsReady {
  /** Base URLs, by service and slot. */
  readonly urls: Readonly<Record<string, Readonly<Record<Slot, string>>>>;
}

export type BackendsMessage = { readonly service: string; readonly slot: Slot } & (
  { readonly how: Behaviour } | { readonly version: string }
);

/** A backend that closes idle connections early loses users, whoever sends them there. */
const KEEP_ALIVE_MS = 600_000;

const behaviours = new Map<string, Behaviour>();
const versions = new Map<string, string>();
const keyOf = (service: string, slot: Slot): string => `${service}/${slot}`;

partHears((message) => {
  const told = message as BackendsMessage;
  const key = keyOf(told.service, told.slot);
  if ('how' in told) behaviours.set(key, told.how);
  else versions.set(key, told.version);
});
const { services } = partConfig() as BackendsConfig;
const urls = Object.fromEntries(
  await Promise.all(
    services.map(async (service) => {
      const [blue, green] = await Promise.all(SLOTS.map((slot) => startBackend(service, slot)));
      return [service, { blue: blue ?? '', green: green ?? '' }] as const;
    }),
  ),
);
partReady({ urls } satisfies BackendsReady);

async function startBackend(service: string, slot: Slot): Promise<string> {
  let served = 0;
  const server = createServer((request, response) => {
    request.resume();
    const how = behaviours.get(keyOf(service, slot)) ?? { kind: 'healthy' };
    if (how.kind === 'crashed') {
      request.socket.destroy();
      return;
    }
    if (request.url === '/health') {
      response.end('ok');
      return;
    }
    if (request.url === VERSION_PATH) {
      response.end(JSON.stringify({ version: versions.get(keyOf(service, slot)) ?? 'first' }));
      return;
    }
    served += 1;
    answer(how, served, slot, request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return listen(server, '127.0.0.1', 0);
}

function answer(
  how: Exclude<Behaviour, { kind: 'crashed' }>,
  served: number,
  slot: Slot,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const say = (status: number): void => void response.writeHead(status, { [SERVED_BY]: slot }).end(slot);
  switch (how.kind) {
    case 'healthy':
      say(200);
      return;
    case 'failing':
      // Spread evenly, so that nothing depends on luck.
      say(Math.floor(served * how.share) > Math.floor((served - 1) * how.share) ? 500 : 200);
      return;
    case 'slow':
      setTimeout(() => say(200), how.delayMs);
      return;
    case 'hanging':
      request.on('close', () => response.destroy());
      return;
  }
}
