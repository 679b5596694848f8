import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** `preferred` when nobody has it, otherwise any free one. Only on loopback. */
export async function freePort(preferred = 0): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? preferred;
}

async function tryPort(port: number): Promise<number | null> {
  const server = createServer();
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return null;
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
