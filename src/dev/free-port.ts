import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/**
 * No system gives these to a program that asks for any port, nor to a connection: one that is free now is still free in a
 * moment, when the program that it is meant for takes it.
 */
const LEFT_ALONE = { from: 20_000, to: 32_000 };

/** So many of them may be taken before any port will do. */
const ATTEMPTS = 20;

/** `preferred` when nobody has it, otherwise any free one. Only on loopback. */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred !== 0 && (await tryPort(preferred)) !== null) return preferred;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = await tryPort(randomInt(LEFT_ALONE.from, LEFT_ALONE.to));
    if (port !== null) return port;
  }
  return (await tryPort(0)) ?? preferred;
}

interface Preference {
  /** Who wants the port, in words that begin a sentence's second half. */
  readonly taker: string;
  readonly whoHasPort: (port: number) => Promise<string>;
  readonly say: (line: string) => void;
}

/** As {@link freePort}; says who has the preferred one, where it is not free. */
export async function preferredPort(preferred: number, { taker, whoHasPort, say }: Preference): Promise<number> {
  const port = await freePort(preferred);
  if (preferred !== 0 && port !== preferred)
    say(`port ${String(preferred)} is in use by ${await whoHasPort(preferred)}: ${taker} takes ${String(port)}`);
  return port;
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
