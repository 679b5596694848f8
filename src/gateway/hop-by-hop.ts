import type { IncomingHttpHeaders } from 'node:http';

/** Headers about one connection alone (RFC 9110, 7.6.1): a proxy must not pass them on. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'];

/** Framing headers stay even when `Connection` names them: dropping one would let a request hide in another. */
const NEVER_DROPPED = new Set(['content-length', 'transfer-encoding', 'host', 'cookie', 'authorization']);

/** Makes `headers` fit for the next connection, in place. */
export function dropHopByHop(headers: IncomingHttpHeaders): void {
  const named = headers.connection?.split(',').map((token) => token.trim().toLowerCase()) ?? [];
  for (const name of [...HOP_BY_HOP, ...named]) {
    if (!NEVER_DROPPED.has(name)) Reflect.deleteProperty(headers, name);
  }
}
