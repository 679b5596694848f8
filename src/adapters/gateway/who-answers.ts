import { Agent, request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { describeFailure } from '../http/json-client.js';
import { withDeadline } from '../http/deadline.js';

/** What was found where a gateway's admin API should be. */
export type Answerer =
  | { readonly kind: 'nobody' }
  | ({ readonly kind: 'gateway' } & GatewayIdentity)
  /**
   * `what` completes the sentence "there is …". One that does not answer at all may be a gateway that hangs, or a proxy
   * before one that is away.
   */
  | { readonly kind: 'other'; readonly what: string; readonly answers: boolean };

const identitySchema = z.object({
  program: z.literal('headgate-gateway'),
  version: z.string(),
  /** The folder that its state is kept in; `null` when nobody starts it again. */
  owner: z.string().nullable(),
  /** The configuration that names it. */
  config: z.string().nullable(),
  pid: z.number(),
  trafficUrl: z.string().nullable(),
  routes: z.number(),
});

/** What a gateway says about itself. */
export type GatewayIdentity = z.output<typeof identitySchema>;

/** How Headgate 0.1 answered, before a gateway said whose it is. */
const namelessSchema = z.strictObject({
  status: z.literal('ok'),
  routes: z.number(),
  saveError: z.string().nullable(),
});

const workerSchema = z.object({ ready: z.boolean(), workers: z.object({ rollouts: z.string() }) });

/** An identity is shorter. Another program may answer without end. */
const MOST_BYTES = 16 * 1024;

const SHOWN_CHARACTERS = 60;

/** These say that nobody listens there, or that nobody can be reached at all. */
const NOBODY: readonly string[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** Asks who answers at an address. Never rejects: whatever is there is an answer. */
export async function askWhoAnswers(adminUrl: string, timeoutMs: number): Promise<Answerer> {
  const dispatcher = new Agent({ connect: { timeout: timeoutMs } });
  try {
    return await withDeadline(timeoutMs, undefined, (signal) => ask(adminUrl, dispatcher, signal));
  } catch (error) {
    return explain(error);
  } finally {
    await dispatcher.destroy();
  }
}

async function ask(adminUrl: string, dispatcher: Dispatcher, signal: AbortSignal): Promise<Answerer> {
  const url = `${adminUrl.replace(/\/+$/, '')}/healthz`;
  const { statusCode, headers, body } = await request(url, { dispatcher, signal });
  const text = await readSome(body);
  const identity = identitySchema.safeParse(parsed(text));
  if (statusCode === 200 && identity.success) return { kind: 'gateway', ...identity.data };
  return { kind: 'other', answers: true, what: describe(statusCode, text, headers.server) };
}

async function readSome(body: Dispatcher.ResponseData['body']): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > MOST_BYTES) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

function describe(status: number, text: string, server: string | string[] | undefined): string {
  const json = parsed(text);
  if (namelessSchema.safeParse(json).success) return 'a gateway of an older Headgate, which does not say whose it is';
  if (workerSchema.safeParse(json).success) return 'the health endpoint of a Headgate worker';
  const name = typeof server === 'string' && server !== '' ? ` (${server})` : '';
  return `an HTTP server${name} that answers /healthz with ${String(status)}${json === undefined ? '' : shown(text)}`;
}

/** A page would say less than the server's name. */
function shown(json: string): string {
  const line = json.replaceAll(/\s+/g, ' ').trim();
  return ` and ${line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function explain(error: unknown): Answerer {
  const code = codeOf(error);
  if (code !== null && NOBODY.includes(code)) return { kind: 'nobody' };
  if (error instanceof Error && error.name === 'DeadlineError')
    return { kind: 'other', answers: false, what: 'a program that accepts connections and does not answer' };
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET')
    return { kind: 'other', answers: false, what: 'a program that closes connections without an answer' };
  return { kind: 'other', answers: true, what: `a program that does not speak HTTP (${describeFailure(error)})` };
}

/** Of several addresses that a name has, each may fail in its own way: nobody is there only if all say so. */
function codeOf(error: unknown): string | null {
  if (error instanceof AggregateError) {
    const codes = error.errors.map(codeOf);
    return codes.find((code) => code === null || !NOBODY.includes(code)) ?? codes[0] ?? null;
  }
  if (!(error instanceof Error)) return null;
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
}
