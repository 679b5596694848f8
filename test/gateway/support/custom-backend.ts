import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stopServer } from '../../contract/support/backends.js';

/** A backend that does what a test needs it to. */
export interface CustomBackend {
  readonly url: string;
  readonly server: Server;
  readonly seen: IncomingMessage[];
  stop(): Promise<void>;
}

export async function startCustomBackend(listener: RequestListener): Promise<CustomBackend> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { url, server, seen, stop: () => stopServer(server) };
}
