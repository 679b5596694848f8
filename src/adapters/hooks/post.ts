import { Agent, request } from 'undici';
import { HookUnansweredError } from '../../ports/hooks.js';
import { withDeadline } from '../http/deadline.js';
import { describeFailure } from '../http/json-client.js';
import { createGuardedConnector } from './addresses.js';

/** Enough for an answer with a reason. */
const LONGEST_ANSWER_BYTES = 65_536;

/** How long a receiver may ask to be left alone. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** It says that it is gone for good (410). */
const GONE = 410;

export interface PostOptions {
  /** For everything: connecting, sending, and reading the answer to its end. */
  readonly timeoutMs: number;
  /** Addresses of metadata that it may go to all the same. */
  readonly allowAddresses: readonly string[];
}

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** Whether what is answered is read. Otherwise only the status counts. */
  readonly reads: boolean;
  /** Blanks what must not be told of it. */
  readonly blank: (text: string) => string;
}

/**
 * Sends JSON and gives back what was answered with a status of 200 to 299. Follows no redirect.
 *
 * @throws HookUnansweredError for everything else
 */
export function createPoster({ timeoutMs, allowAddresses }: PostOptions): (post: Post) => Promise<string> {
  // Every attempt on a connection of its own: an old one may be dead by then.
  const dispatcher = new Agent({ pipelining: 0, connect: createGuardedConnector(timeoutMs, allowAddresses) });
  const send = async ({ url, headers, body, reads, blank }: Post, signal: AbortSignal): Promise<string> => {
    const answer = await request(url, {
      dispatcher,
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json', 'user-agent': 'headgate', ...headers },
      body,
    });
    const isTaken = answer.statusCode >= 200 && answer.statusCode < 300;
    if (isTaken && !reads) {
      // Nobody listens to the end of what nobody reads: its error would end the process.
      answer.body.on('error', () => undefined).destroy();
      return '';
    }
    const text = await read(answer.body as AsyncIterable<Buffer>);
    if (isTaken && text !== null) return text;
    if (isTaken) throw new HookUnansweredError(`answered more than ${String(LONGEST_ANSWER_BYTES)} bytes`);
    const excerpt = blank((text ?? '').slice(0, 300)).trim();
    throw new HookUnansweredError(`answered ${String(answer.statusCode)}${excerpt === '' ? '' : `: ${excerpt}`}`, {
      retryAfterMs: retryAfter(answer.headers['retry-after']),
      isFinal: answer.statusCode === GONE,
    });
  };
  return async (post) => {
    try {
      return await withDeadline(timeoutMs, post.signal, (signal) => send(post, signal));
    } catch (error) {
      post.signal.throwIfAborted();
      if (error instanceof HookUnansweredError) throw error;
      throw new HookUnansweredError(post.blank(describeFailure(error)));
    }
  };
}

/** `null`: it was longer than what is read. Leaving the loop hangs up. */
async function read(body: AsyncIterable<Buffer>): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > LONGEST_ANSWER_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Seconds, or a date. */
function retryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string' || header.trim() === '') return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS) : undefined;
}
