import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What an orchestrator asks: alive, and fit to be given work; and what Prometheus asks. */
export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What the endpoints tell. */
export interface Health {
  readonly state: () => Readonly<Record<string, string>>;
  readonly ready: () => boolean;
  /** Asks anew what `ready` depends on. Whether the process lives must not depend on an answer. */
  readonly refresh?: () => Promise<void>;
  readonly metrics: () => Promise<Exposition>;
}

/** Metrics in the text form that Prometheus reads. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** `/healthz` answers while the process lives, `/readyz` with 200 only while it takes work, `/metrics` with what is counted. */
export async function startHealthServer(host: string, port: number, health: Health): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request.url, health, response).catch((error: unknown) =>
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`),
    );
  });
  server.listen(port, host);
  await once(server, 'listening');
  return { url: urlOf(server.address() as AddressInfo), close: () => close(server) };
}

async function answer(url: string | undefined, health: Health, response: ServerResponse): Promise<void> {
  if (url === '/readyz' || url === '/metrics') await health.refresh?.();
  if (url !== '/metrics') {
    answerHealth(url, health, response);
    return;
  }
  const { contentType, text } = await health.metrics();
  response.writeHead(200, { 'content-type': contentType }).end(text);
}

function answerHealth(url: string | undefined, { state, ready }: Health, response: ServerResponse): void {
  const known = url === '/healthz' || url === '/readyz';
  const status = !known ? 404 : url === '/healthz' || ready() ? 200 : 503;
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ ready: ready(), workers: state() }));
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
