import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import type { Clock } from './clock.js';
import { dropHopByHop } from './hop-by-hop.js';
import type { GatewayPrometheus } from './prometheus.js';
import type { Backend, Route } from './route.js';
import type { RouteTable } from './route-table.js';
import { visitorOf } from './stickiness.js';

export interface TrafficOptions {
  readonly table: RouteTable;
  readonly prometheus: GatewayPrometheus;
  readonly clock: Clock;
  readonly responseTimeoutMs: number;
}

/** Passes requests on to the backend that each belongs to, and counts how they end. */
export interface Traffic {
  handle(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** From now on every answer asks its client to close the connection. */
  drain(): void;
  close(): void;
}

/** One request on its way. */
interface Exchange {
  readonly route: Route;
  readonly backend: Backend;
  readonly startedAtMs: number;
  readonly setCookie: string | null;
  readonly closesAfter: boolean;
  upstream: ClientRequest | null;
  outcome: 'pending' | 'failed' | 'timedOut' | 'counted';
  retried: boolean;
}

const CLIENT_WENT_AWAY = 499;
const BAD_GATEWAY = 502;
const GATEWAY_TIMEOUT = 504;

export function createTraffic(options: TrafficOptions): Traffic {
  const { table, prometheus, clock, responseTimeoutMs } = options;
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxFreeSockets: 256 }),
    'https:': new HttpsAgent({ keepAlive: true, maxFreeSockets: 256 }),
  };
  const proxy = createProxyServer({ xfwd: true });
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  let draining = false;

  proxy.on('proxyReq', (upstream, request) => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) return;
    exchange.upstream = upstream;
    upstream.setTimeout(responseTimeoutMs, () => {
      exchange.outcome = 'timedOut';
      upstream.destroy(new Error(`no answer within ${String(responseTimeoutMs)} ms`));
    });
  });

  proxy.on('proxyRes', (answer, request, response) => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) return;
    // A stream may rest for as long as it likes once it has begun.
    exchange.upstream?.setTimeout(0);
    dropHopByHop(answer.headers);
    answer.headers.connection = draining || exchange.closesAfter ? 'close' : 'keep-alive';
    addCookie(answer, exchange.setCookie);
    answer.once('close', () => {
      if (!answer.complete && !response.destroyed) exchange.outcome = 'failed';
    });
  });

  proxy.on('error', (error, request, responseOrSocket) => {
    const exchange = request === undefined ? undefined : exchanges.get(request);
    if (request === undefined || exchange === undefined || responseOrSocket === undefined) return;
    if (!isResponse(responseOrSocket)) {
      if (count(exchange, BAD_GATEWAY))
        responseOrSocket.write(`HTTP/1.1 ${String(BAD_GATEWAY)} Bad Gateway\r\nConnection: close\r\n\r\n`);
      return;
    }
    if (responseOrSocket.destroyed || responseOrSocket.closed) return;
    if (mayRetry(exchange, request, responseOrSocket, error)) {
      exchange.retried = true;
      pass(request, responseOrSocket, exchange.backend);
      return;
    }
    const timedOut = exchange.outcome === 'timedOut';
    if (!timedOut) exchange.outcome = 'failed';
    if (responseOrSocket.headersSent) return;
    const text = timedOut ? 'The backend did not answer in time.\n' : 'The backend could not be reached.\n';
    const headers = { 'content-type': 'text/plain; charset=utf-8', ...(draining && { connection: 'close' }) };
    responseOrSocket.writeHead(timedOut ? GATEWAY_TIMEOUT : BAD_GATEWAY, headers).end(text);
  });

  proxy.on('proxyReqWs', (upstream, request) => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) return;
    upstream.once('upgrade', (answer) => {
      addCookie(answer, exchange.setCookie);
      count(exchange, 101);
    });
    upstream.once('response', (answer) => {
      addCookie(answer, exchange.setCookie);
      count(exchange, answer.statusCode ?? BAD_GATEWAY);
    });
  });

  function begin(request: IncomingMessage): Exchange | undefined {
    const route = table.match(request.headers.host, request.url ?? '/');
    if (route === undefined) return undefined;
    const visitor = visitorOf(request, route.definition.sticky);
    const exchange: Exchange = {
      route,
      backend: route.choose(visitor.key),
      startedAtMs: performance.now(),
      setCookie: visitor.setCookie,
      closesAfter: /(^|,)\s*close\s*($|,)/i.test(request.headers.connection ?? ''),
      upstream: null,
      outcome: 'pending',
      retried: false,
    };
    exchanges.set(request, exchange);
    return exchange;
  }

  function pass(request: IncomingMessage, response: ServerResponse, { url }: Backend): void {
    // What goes wrong arrives as an `error` event; the promise only says that the response has closed.
    proxy.web(request, response, { target: url, agent: agentFor(url) }).catch(() => response.destroy());
  }

  function agentFor(url: URL): HttpAgent {
    return url.protocol === 'https:' ? agents['https:'] : agents['http:'];
  }

  function count(exchange: Exchange, code: number): boolean {
    if (exchange.outcome === 'counted') return false;
    exchange.outcome = 'counted';
    const latencyMs = performance.now() - exchange.startedAtMs;
    exchange.backend.counters.record(clock(), latencyMs, code >= 500);
    prometheus.record(exchange.route.name, exchange.backend.name, code, latencyMs);
    return true;
  }

  return {
    handle(request, response) {
      const exchange = begin(request);
      if (exchange === undefined) {
        const { host = '' } = request.headers;
        const body = { code: 'NO_ROUTE', message: `No route takes requests for ${host}${request.url ?? '/'}` };
        response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
        return;
      }
      response.once('close', () => count(exchange, codeOf(exchange, response)));
      dropHopByHop(request.headers);
      pass(request, response, exchange.backend);
    },
    upgrade(request, socket, head) {
      const exchange = begin(request);
      if (exchange === undefined) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
        return;
      }
      proxy.ws(request, socket, { target: exchange.backend.url }, head).catch(() => socket.destroy());
    },
    drain() {
      draining = true;
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

/** A client that left is nobody's error; an answer that broke off is the backend's. */
function codeOf(exchange: Exchange, response: ServerResponse): number {
  if (exchange.outcome === 'timedOut') return GATEWAY_TIMEOUT;
  if (exchange.outcome === 'failed') return BAD_GATEWAY;
  return response.writableFinished ? response.statusCode : CLIENT_WENT_AWAY;
}

/**
 * A backend may close an idle connection in the moment we use it. The request never reached it then, and one that is
 * safe to repeat and has no body is sent again on a new connection, once.
 */
function mayRetry(exchange: Exchange, request: IncomingMessage, response: ServerResponse, error: Error): boolean {
  const { upstream, retried } = exchange;
  const closed = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
  const bodyless =
    request.headers['transfer-encoding'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
  const safe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
  return closed && safe && bodyless && !retried && !response.headersSent && upstream?.reusedSocket === true;
}

function addCookie(answer: IncomingMessage, setCookie: string | null): void {
  if (setCookie !== null) answer.headers['set-cookie'] = [...(answer.headers['set-cookie'] ?? []), setCookie];
}

function isResponse(target: ServerResponse | Socket): target is ServerResponse {
  return 'writeHead' in target;
}
