import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import type { Clock } from './clock.js';
import { UPSTREAM_KEEP_ALIVE_MS } from './defaults.js';
import {
  addCookie,
  answerTrouble,
  BAD_GATEWAY,
  beginExchange,
  CLIENT_WENT_AWAY,
  codeOf,
  codeOfFailedUpgrade,
  isUnanswered,
  mayRetry,
  type Exchange,
} from './exchange.js';
import type { GatewayPrometheus } from './prometheus.js';
import type { RouteTable } from './route-table.js';

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

export function createTraffic({ table, prometheus, clock, responseTimeoutMs }: TrafficOptions): Traffic {
  // Without a timeout of its own the agent would not heed the one that a backend announces, and meet closed connections.
  const agentOptions = { keepAlive: true, maxFreeSockets: 256, timeout: UPSTREAM_KEEP_ALIVE_MS };
  const agents = { 'http:': new HttpAgent(agentOptions), 'https:': new HttpsAgent(agentOptions) };
  const proxy = createProxyServer({ xfwd: true });
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  let draining = false;

  function begin(request: IncomingMessage): Exchange | undefined {
    const exchange = beginExchange(table, request);
    if (exchange !== undefined) exchanges.set(request, exchange);
    return exchange;
  }

  function pass(request: IncomingMessage, response: ServerResponse, { backend: { url } }: Exchange): void {
    const agent = url.protocol === 'https:' ? agents['https:'] : agents['http:'];
    // What goes wrong arrives as an `error` event; the promise only says that the response has closed.
    proxy.web(request, response, { target: url, agent }).catch(() => response.destroy());
  }

  function count(exchange: Exchange, code: number): void {
    if (exchange.counted) return;
    exchange.counted = true;
    const { route, backend, startedAtMs } = exchange;
    const latencyMs = performance.now() - startedAtMs;
    const unanswered = isUnanswered(exchange);
    if (unanswered) backend.counters.recordUnanswered(clock());
    else backend.counters.record(clock(), latencyMs, code >= 500);
    // A route that was removed meanwhile must not come back as a series.
    if (table.find(route.name)?.backend(backend.name) === undefined) return;
    if (unanswered) prometheus.recordUnanswered(route.name, backend.name, code);
    else prometheus.record(route.name, backend.name, code, latencyMs);
  }

  proxy.on('proxyReq', (upstream, request) => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) return;
    exchange.upstream = upstream;
    upstream.setTimeout(responseTimeoutMs, () => {
      exchange.trouble = request.complete ? 'upstreamTimedOut' : 'clientStalled';
      upstream.destroy(new Error(`nothing happened for ${String(responseTimeoutMs)} ms`));
    });
  });

  proxy.on('proxyRes', (answer, request, response) => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) return;
    exchange.answered = true;
    // An answer that has begun may rest for as long as it likes.
    exchange.upstream?.setTimeout(0);
    const { 'keep-alive': announced } = answer.headers;
    dropHopByHop(answer.headers);
    answer.headers.connection = draining || exchange.closesAfter ? 'close' : 'keep-alive';
    // The agent reads there how long the backend keeps the connection; the client must not, it has another one.
    if (announced !== undefined) answer.headers['keep-alive'] = announced;
    response.once('pipe', () => response.removeHeader('keep-alive'));
    addCookie(answer, exchange);
    const noticeBreak = (): void => {
      if (!answer.complete && !response.destroyed) exchange.trouble = 'upstreamFailed';
    };
    answer.once('error', noticeBreak).once('close', noticeBreak);
  });

  proxy.on('proxyReqWs', (upstream, request) => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) return;
    exchange.upstream = upstream;
    const answered = (answer: IncomingMessage): void => {
      exchange.answered = true;
      addCookie(answer, exchange);
      count(exchange, answer.statusCode ?? BAD_GATEWAY);
    };
    upstream.once('upgrade', answered).once('response', answered);
  });

  proxy.on('error', (error, request, target) => {
    const exchange = request === undefined ? undefined : exchanges.get(request);
    if (request === undefined || exchange === undefined || target === undefined || target.destroyed) return;
    if (!('writeHead' in target)) {
      const [code, reason] = codeOfFailedUpgrade(error);
      const answer = `HTTP/1.1 ${String(code)} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
      if (!exchange.counted) target.write(answer);
      exchange.trouble = 'upstreamFailed';
      count(exchange, code);
    } else if (mayRetry(exchange, request, target, error)) {
      exchange.retried = true;
      pass(request, target, exchange);
    } else if (!target.closed) {
      exchange.trouble ??= 'upstreamFailed';
      answerTrouble(exchange, target, draining);
    }
  });

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
      pass(request, response, exchange);
    },
    upgrade(request, socket, head) {
      const exchange = begin(request);
      if (exchange === undefined) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
        return;
      }
      // Nothing else looks at it until the backend has answered.
      socket.once('end', () => {
        if (!exchange.answered) socket.destroy();
      });
      socket.once('close', () => {
        if (!exchange.answered) exchange.upstream?.destroy();
        count(exchange, CLIENT_WENT_AWAY);
      });
      const options = { target: exchange.backend.url, upgradeTimeout: responseTimeoutMs };
      proxy.ws(request, socket, options, head).catch(() => socket.destroy());
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

/** Headers about one connection alone (RFC 9110, 7.6.1): a proxy must not pass them on. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'];

/** Framing headers stay even when `Connection` names them: dropping one would let a request hide in another. */
const NEVER_DROPPED = new Set(['content-length', 'transfer-encoding', 'host', 'cookie', 'authorization']);

/** Makes `headers` fit for the next connection, in place. */
function dropHopByHop(headers: IncomingHttpHeaders): void {
  const named = headers.connection?.split(',').map((token) => token.trim().toLowerCase()) ?? [];
  for (const name of [...HOP_BY_HOP, ...named]) {
    if (!NEVER_DROPPED.has(name)) Reflect.deleteProperty(headers, name);
  }
}
