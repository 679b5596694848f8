import type { RuntimeAddress } from './runtime-socket.js';

const HOST_AND_PORT = /^(?:\[([^\]]+)\]|([^:[\]/]+)):(\d{1,5})$/;

/** `/run/haproxy/admin.sock`, `127.0.0.1:9999` or `[::1]:9999`. */
export function addressOf(socket: string): RuntimeAddress {
  const [, bracketed, plain, port] = HOST_AND_PORT.exec(socket) ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? { path: socket } : { host, port: Number(port) };
}
