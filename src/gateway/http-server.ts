import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Starts to listen; answers the URL that reaches it. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const { address, family, port: actualPort } = server.address() as AddressInfo;
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' || reachable.includes(':') ? `[${reachable}]` : reachable}:${String(actualPort)}`;
}

/** Closes a server once its requests have ended, or `deadlineMs` later by force. Knows upgraded connections too. */
export class ServerCloser {
  private readonly sockets = new Set<Socket>();

  constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    // A connection that becomes idle while we close would otherwise stay until its keep-alive ends.
    server.on('request', (_, response) => {
      response.once('close', () => {
        if (!server.listening) setImmediate(() => server.closeIdleConnections());
      });
    });
  }

  async close(deadlineMs: number): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    const deadline = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, deadlineMs);
    await closed;
    clearTimeout(deadline);
  }
}
