import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** Headers that only make sense together with the upgrade. */
const PART_OF_THE_OFFER = new Set(['upgrade', 'http2-settings']);

/**
 * Treats an offer to upgrade to anything but WebSocket, e.g. `h2c` from Java's HTTP client, as the plain request it also
 * is (RFC 9110, 7.8: a server may ignore the offer). Node hands every such request over as an upgrade; so the request is
 * put back in front of its connection, without the offer, and the server reads it anew.
 */
export function passOverUpgrade(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/${request.httpVersion}`];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    const value = request.rawHeaders[index + 1] ?? '';
    if (PART_OF_THE_OFFER.has(name.toLowerCase())) continue;
    lines.push(`${name}: ${name.toLowerCase() === 'connection' ? withoutOffer(value) : value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function withoutOffer(connection: string): string {
  const tokens = connection.split(',').map((token) => token.trim());
  return tokens.filter((token) => !PART_OF_THE_OFFER.has(token.toLowerCase())).join(', ') || 'keep-alive';
}

export function offersWebSocket(request: IncomingMessage): boolean {
  return request.method === 'GET' && request.headers.upgrade?.toLowerCase() === 'websocket';
}
