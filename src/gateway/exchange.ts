import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Backend, Route } from './route.js';
import type { RouteTable } from './route-table.js';
import { visitorOf } from './stickiness.js';

/** One request on its way. The backend is chosen once: a change of weights does not move it. */
export interface Exchange {
  readonly route: Route;
  readonly backend: Backend;
  readonly startedAtMs: number;
  /** For a visitor seen for the first time. */
  readonly setCookie: string | null;
  /** The client will not use its connection again. */
  readonly closesAfter: boolean;
  upstream: ClientRequest | null;
  /** How it goes wrong, while it does. */
  trouble: 'upstreamFailed' | 'upstreamTimedOut' | 'clientStalled' | null;
  retried: boolean;
  /** The backend has begun to answer. */
  answered: boolean;
  counted: boolean;
}

const CLIENT_STALLED = 408;
export const CLIENT_WENT_AWAY = 499;
export const BAD_GATEWAY = 502;
const GATEWAY_TIMEOUT = 504;

/** `undefined` when no route takes the request. */
export function beginExchange(table: RouteTable, request: IncomingMessage): Exchange | undefined {
  const route = table.match(request.headers.host, request.url ?? '/');
  if (route === undefined) return undefined;
  const visitor = visitorOf(request, route.definition.sticky);
  return {
    route,
    backend: route.choose(visitor.key),
    startedAtMs: performance.now(),
    setCookie: visitor.setCookie,
    closesAfter: /(^|,)\s*close\s*($|,)/i.test(request.headers.connection ?? ''),
    upstream: null,
    trouble: null,
    retried: false,
    answered: false,
    counted: false,
  };
}

/**
 * Whether it ended without an answer because the client gave up: left, or never finished its request. Whose fault that is
 * cannot be seen from here; a backend that failed, or did not begin in time, is an error of its own.
 */
export function isUnanswered({ answered, trouble }: Exchange): boolean {
  return !answered && (trouble === null || trouble === 'clientStalled');
}

/** A client that left or stalled is nobody's error; a backend that failed, or broke off its answer, is its own. */
export function codeOf({ trouble }: Exchange, response: ServerResponse): number {
  if (trouble !== null) return codeOfTrouble(trouble);
  return response.writableFinished ? response.statusCode : CLIENT_WENT_AWAY;
}

/** Tells the client, where it can still be told. */
export function answerTrouble(exchange: Exchange, response: ServerResponse, close: boolean): void {
  if (response.headersSent) return;
  const trouble = exchange.trouble ?? 'upstreamFailed';
  const text = {
    upstreamFailed: 'The backend could not be reached.\n',
    upstreamTimedOut: 'The backend did not answer in time.\n',
    clientStalled: 'The request did not arrive in time.\n',
  }[trouble];
  response.writeHead(codeOfTrouble(trouble), {
    'content-type': 'text/plain; charset=utf-8',
    ...(exchange.setCookie !== null && { 'set-cookie': exchange.setCookie }),
    ...((close || trouble === 'clientStalled') && { connection: 'close' }),
  });
  response.end(text);
}

/** What the client of an upgrade is told that its backend did not answer. */
export function codeOfFailedUpgrade(error: Error): readonly [code: number, reason: string] {
  const isLate = 'code' in error && error.code === 'ERR_UPSTREAM_UPGRADE_TIMEOUT';
  return isLate ? [GATEWAY_TIMEOUT, 'Gateway Timeout'] : [BAD_GATEWAY, 'Bad Gateway'];
}

function codeOfTrouble(trouble: Exclude<Exchange['trouble'], null>): number {
  return { upstreamFailed: BAD_GATEWAY, upstreamTimedOut: GATEWAY_TIMEOUT, clientStalled: CLIENT_STALLED }[trouble];
}

/**
 * A backend may close an idle connection in the moment we use it. The request never reached it then, and one that is
 * safe to repeat and has no body is sent again, once.
 */
export function mayRetry(
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
  error: Error,
): boolean {
  const { upstream, retried } = exchange;
  const closed = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
  const { 'transfer-encoding': encoding, 'content-length': length = '0' } = request.headers;
  const safe = request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
  const bodyless = encoding === undefined && Number(length) === 0;
  return closed && safe && bodyless && !retried && !response.headersSent && upstream?.reusedSocket === true;
}

export function addCookie(answer: IncomingMessage, { setCookie }: Exchange): void {
  if (setCookie !== null) answer.headers['set-cookie'] = [...(answer.headers['set-cookie'] ?? []), setCookie];
}
