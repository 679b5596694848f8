import { Agent, DecoratorHandler, request, type Dispatcher } from 'undici';
import { refuseLate } from '../late.js';
import { NO_CREDENTIALS, type Credentials, type TlsOptions } from './access.js';
import { withDeadline } from './deadline.js';

/** What the other side said, whatever the status. */
export interface JsonAnswer {
  readonly status: number;
  /** As JSON where it is JSON, else the text. */
  readonly body: unknown;
  /** What the clock of the other side says, as it writes it; `null` when it does not. */
  readonly date: string | null;
}

export interface JsonRequest {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** It is not sent any more when `Date.now()` is past it, however long it waited for a connection. */
  readonly notAfterMs?: number | undefined;
}

/**
 * Asks for JSON; throws when no answer can be had in time.
 *
 * Every method here may be repeated, so a connection that breaks is tried once more: after the other program has been
 * restarted, the first question would otherwise always meet a dead connection.
 */
export type JsonClient = (question: JsonRequest) => Promise<JsonAnswer>;

/** Enough for hundreds of rollouts that ask at once; more connections would only queue in the other program. */
const CONNECTIONS_PER_ORIGIN = 32;

const KEEP_ALIVE_MS = 30_000;

/** A client that keeps its connections. Idle ones do not keep the process alive. */
export function createJsonClient(timeoutMs: number, credentials: Credentials = NO_CREDENTIALS): JsonClient {
  const connections = createConnections(timeoutMs);
  async function ask(question: JsonRequest, signal: AbortSignal): Promise<JsonAnswer> {
    const { method = 'GET', url, body, notAfterMs } = question;
    const answer = await request(url, {
      dispatcher: inTime(connections.as(credentials.tls()), notAfterMs),
      method,
      signal,
      headers: { ...credentials.headers(), ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { date } = answer.headers;
    return {
      status: answer.statusCode,
      body: parseLoosely(await answer.body.text()),
      date: typeof date === 'string' ? date : null,
    };
  }
  return (question) =>
    withDeadline(timeoutMs, question.signal, (signal) =>
      ask(question, signal).catch((error: unknown) => {
        if (!isBrokenConnection(error)) throw error;
        return ask(question, signal);
      }),
    );
}

function inTime(agent: Agent, notAfterMs: number | undefined): Dispatcher {
  return notAfterMs === undefined ? agent : agent.compose(askingBeforeSending(() => refuseLate(notAfterMs)));
}

/** Calls `admit` when a connection is free and the first byte is about to be sent; when it throws, none is. */
function askingBeforeSending(admit: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const asking: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
    const start = asking.onRequestStart?.bind(asking);
    asking.onRequestStart = (controller, context) => {
      admit();
      start?.(controller, context);
    };
    return dispatch(options, asking);
  };
}

/** Connections for one identity at a time: a certificate that was renewed gets new ones. */
function createConnections(timeoutMs: number): { as(tls: TlsOptions): Agent } {
  let current: { readonly identity: string; readonly agent: Agent } | null = null;
  return {
    as(tls) {
      const identity = JSON.stringify(tls);
      if (current?.identity !== identity) {
        void current?.agent.close();
        const agent = new Agent({
          connections: CONNECTIONS_PER_ORIGIN,
          keepAliveTimeout: KEEP_ALIVE_MS,
          connect: { timeout: timeoutMs, ...tls },
        });
        current = { identity, agent };
      }
      return current.agent;
    },
  };
}

const BROKEN_CONNECTION: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

function isBrokenConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && BROKEN_CONNECTION.has(error.code);
}

function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** One line about why something could not be had, down to the system's own word for it. */
export function describeFailure(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(describeFailure).join('; ');
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (${describeFailure(error.cause)})`;
  return `${wordsOf(error)}${cause}`;
}

/** OpenSSL's own messages are addresses and file names of its sources, with the reason somewhere among them. */
function wordsOf(error: Error): string {
  if (error.message === '') return error.name;
  const { reason } = error as { readonly reason?: unknown };
  return typeof reason === 'string' && error.message.includes(':error:') ? `TLS: ${reason}` : error.message;
}
