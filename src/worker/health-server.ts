import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What an orchestrator asks: alive, and fit to be given work. */
export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers on loopback: `/healthz` while the process lives, `/readyz` with 200 only while it polls. */
export async function startHealthServer(
  port: number,
  state: () => Readonly<Record<string, string>>,
  ready: () => boolean,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const known = request.url === '/healthz' || request.url === '/readyz';
    const status = !known ? 404 : request.url === '/healthz' || ready() ? 200 : 503;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ready: ready(), workers: state() }));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
