import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stopServer } from '../../contract/support/backends.js';

/** How a backend behaves from now on. */
export interface Behaviour {
  /** The share of requests that fail, 0–1. */
  errorRate: number;
  delayMs: number;
  healthy: boolean;
  version: string;
}

/** A real HTTP service whose behaviour a test changes while it runs. */
export interface DemoBackend {
  readonly url: string;
  readonly behaviour: Behaviour;
  stop(): Promise<void>;
}

export async function startDemoBackend(version: string): Promise<DemoBackend> {
  const behaviour: Behaviour = { errorRate: 0, delayMs: 0, healthy: true, version };
  let served = 0;
  const server = createServer((request, response) => {
    if (request.url === '/health') {
      response.writeHead(behaviour.healthy ? 200 : 503).end(behaviour.healthy ? 'ok' : 'not well');
      return;
    }
    if (request.url === '/version') {
      response.end(JSON.stringify({ version: behaviour.version }));
      return;
    }
    served += 1;
    // Spread evenly, so that a test does not depend on luck.
    const fails = Math.floor(served * behaviour.errorRate) > Math.floor((served - 1) * behaviour.errorRate);
    const answer = (): void => void response.writeHead(fails ? 500 : 200).end(behaviour.version);
    if (behaviour.delayMs > 0) setTimeout(answer, behaviour.delayMs);
    else answer();
  });
  // A backend that closes idle connections early loses users, whoever sends them there.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    behaviour,
    stop: () => stopServer(server),
  };
}
