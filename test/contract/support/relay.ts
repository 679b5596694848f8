import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** `refusing` hangs up on everybody, `silent` takes connections and never says a word. */
export type RelayMode = 'open' | 'refusing' | 'silent';

/** Stands between an adapter and the real program, so that a test can take the program away. */
export interface Relay {
  readonly host: string;
  readonly port: number;
  /** How many connections have come. */
  readonly connections: number;
  /** Ends the connections there are: the next one feels the new mode. */
  set(mode: RelayMode): void;
  /** Where the real program listens from now on. */
  aim(target: RelayTarget): void;
  stop(): Promise<void>;
}

/** Where the real program listens. */
export type RelayTarget = { readonly host: string; readonly port: number } | { readonly path: string };

export async function startRelay(first: RelayTarget, onSent: (part: Buffer) => void = () => undefined): Promise<Relay> {
  let mode: RelayMode = 'open';
  let target = first;
  let connections = 0;
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    track(client);
    connections += 1;
    if (mode === 'refusing') client.destroy();
    if (mode !== 'open') return;
    const upstream = track(connect(target));
    client.on('data', onSent);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const hangUp = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    host: '127.0.0.1',
    port,
    get connections() {
      return connections;
    },
    aim: (next) => void (target = next),
    set(next) {
      if (next === mode) return;
      mode = next;
      hangUp();
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      hangUp();
      await closed;
    },
  };
}
