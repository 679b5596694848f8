import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real HTTP backend that says who it is and does as the query asks: `?status=503&delayMs=40`. */
export interface TestBackend {
  readonly slot: string;
  readonly url: string;
  /** Stops listening and cuts every connection. */
  stop(): Promise<void>;
  /** Listens again where it did before. */
  restart(): Promise<void>;
}

export type Slot = 'blue' | 'green';

/** Names the slot that answered. */
export const SERVED_BY = 'x-served-by';

export async function startBackend(slot: Slot): Promise<TestBackend> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://backend');
    const status = Number(searchParams.get('status') ?? 200);
    const delayMs = Number(searchParams.get('delayMs') ?? 0);
    let bytes = 0;
    request.on('data', (part: Buffer) => (bytes += part.length));
    request.on('end', () => {
      const answer = (): void => void response.writeHead(status, { [SERVED_BY]: slot }).end(`${slot} ${String(bytes)}`);
      if (delayMs > 0) setTimeout(answer, delayMs);
      else answer();
    });
  });
  // A backend that closes idle connections early is a test of its own.
  server.keepAliveTimeout = 600_000;
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  return {
    slot,
    url: `http://127.0.0.1:${String(port)}`,
    stop: () => stopServer(server),
    restart: async () => {
      await listen(port);
    },
  };
}

export async function startBackends(): Promise<Readonly<Record<Slot, TestBackend>>> {
  const [blue, green] = await Promise.all([startBackend('blue'), startBackend('green')]);
  return { blue, green };
}

export async function stopServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
