import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A program that listens where a gateway is expected, and is none. */
export interface Stranger {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

export type StrangerKind = keyof typeof STRANGERS;

const JSON_TYPE = { 'content-type': 'application/json' };

/** By what they do. */
export const STRANGERS = {
  'serves a folder, as python3 -m http.server does': () =>
    http((_, response) =>
      response
        .writeHead(404, { server: 'SimpleHTTP/0.6 Python/3.11.2', 'content-type': 'text/html' })
        .end('<!DOCTYPE HTML><html><body>File not found</body></html>'),
    ),
  'answers 200 and JSON to everything': () =>
    http((_, response) => response.writeHead(200, JSON_TYPE).end('{"status":"ok"}')),
  'answers 200 and an empty page to everything': () => http((_, response) => response.writeHead(200).end()),
  'redirects everything to itself': () =>
    http((request, response) => response.writeHead(302, { location: request.url ?? '/' }).end()),
  'answers without end': () =>
    http((_, response) => {
      response.writeHead(200, JSON_TYPE);
      const timer = setInterval(() => response.write('x'.repeat(1024)), 5);
      response.once('close', () => clearInterval(timer));
    }),
  'begins an answer and stops': () => http((_, response) => response.writeHead(200, JSON_TYPE).write('{')),
  'accepts connections and says nothing': () => tcp(() => undefined),
  'hangs up on everybody': () => tcp((socket) => void socket.destroy()),
  'speaks first, and not HTTP': () => tcp((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n')),
} as const satisfies Readonly<Record<string, () => Server>>;

/** Starts one on any port, or on the port given. */
export async function startStranger(kind: StrangerKind, port = 0): Promise<Stranger> {
  const server = STRANGERS[kind]();
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    port: taken,
    url: `http://127.0.0.1:${String(taken)}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function http(listener: RequestListener): HttpServer {
  return createHttpServer(listener);
}

function tcp(onConnection: (socket: Socket) => void): Server {
  return createServer(onConnection);
}
