import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a worker and Temporal. */
export interface TcpRelay {
  readonly port: number;
  /** Nothing passes any more, in either direction, and nobody is told: as when every packet is dropped. */
  cut(): void;
  /** What was on its way arrives now, as after retransmission. */
  mend(): void;
}

export async function startTcpRelay(target: { readonly host: string; readonly port: number }): Promise<TcpRelay> {
  let isCut = false;
  const pairs = new Set<Pair>();
  const server = createServer((client) => {
    const pair = new Pair(client, () => connect(target));
    pairs.add(pair);
    client.on('close', () => pairs.delete(pair));
    if (!isCut) pair.flow();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const pair of pairs) pair.stop();
    },
    mend() {
      isCut = false;
      for (const pair of pairs) pair.flow();
    },
  };
}

/** One connection, and the one that goes on from here. */
class Pair {
  private upstream: Socket | null = null;
  private isFlowing = false;

  constructor(
    private readonly client: Socket,
    private readonly open: () => Socket,
  ) {
    client.pause();
    client.on('error', () => client.destroy());
    client.on('close', () => this.upstream?.destroy());
  }

  flow(): void {
    if (this.client.destroyed || this.isFlowing) return;
    this.isFlowing = true;
    this.upstream ??= this.connected();
    this.client.pipe(this.upstream).pipe(this.client);
  }

  stop(): void {
    if (this.upstream === null || !this.isFlowing) return;
    this.isFlowing = false;
    this.client.unpipe(this.upstream);
    this.upstream.unpipe(this.client);
    this.client.pause();
    this.upstream.pause();
  }

  private connected(): Socket {
    const upstream = this.open();
    upstream.on('error', () => upstream.destroy());
    upstream.on('close', () => this.client.destroy());
    return upstream;
  }
}
