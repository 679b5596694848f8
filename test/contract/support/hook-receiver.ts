import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { HookPayload } from '../../../src/domain/hooks/payload.js';
import { stopServer } from './backends.js';

/** What a receiver does with a request. */
export type Behaviour = (response: ServerResponse, received: Received) => void;

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly payload: HookPayload;
  readonly atMs: number;
}

/** A real receiver of hooks on loopback, which notes what it gets. */
export interface HookReceiver {
  readonly url: string;
  readonly received: Received[];
  answers: Behaviour;
  at(moment: string): readonly Received[];
  stop(): Promise<void>;
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Behaviour => {
  return (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

/** How a receiver may behave, by name. */
export const BEHAVIOURS = {
  yes: json({ answer: 'yes' }),
  no: json({ answer: 'no', reason: 'not on a Friday' }),
  notYet: json({ answer: 'notYet', reason: 'still warming up' }),
  hang: () => undefined,
  error: (response) => void response.writeHead(500).end('boom'),
  html: (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please sign in</html>'),
  redirect: (response) => void response.writeHead(302, { location: '/yes' }).end(),
  yesWithout200: json({ answer: 'yes' }, 500),
  empty: (response) => void response.writeHead(204).end(),
  almost: json({ answer: true }),
  upperCase: json({ answer: 'YES' }),
  hangUp: (response) => void response.destroy(),
  /** A byte now and then, for ever. */
  drip: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  },
  /** 100 MB before the answer. */
  huge: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const part = ' '.repeat(1_000_000);
    let sent = 0;
    const send = (): void => {
      for (; sent < 100;) {
        sent += 1;
        if (!response.write(part)) {
          response.once('drain', send);
          return;
        }
      }
      response.end('{"answer":"yes"}');
    };
    send();
  },
  busy: json({ error: 'rate limited' }, 429, { 'retry-after': '7' }),
  gone: (response) => void response.writeHead(410).end(),
} as const satisfies Readonly<Record<string, Behaviour>>;

export async function startHookReceiver(): Promise<HookReceiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      // Whoever follows a redirect gets a yes.
      if (request.url === '/yes') {
        BEHAVIOURS.yes(response, noted(request, '{}'));
        return;
      }
      const one = noted(request, body);
      received.push(one);
      receiver.answers(response, one);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: HookReceiver = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    received,
    answers: BEHAVIOURS.yes,
    // A chat is sent something else.
    at: (moment) => received.filter(({ payload }) => (payload as Partial<HookPayload>).data?.moment === moment),
    stop: () => stopServer(server),
  };
  return receiver;
}

function noted({ headers }: IncomingMessage, body: string): Received {
  return { headers, body, payload: JSON.parse(body) as HookPayload, atMs: Date.now() };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** @throws when it was not signed with `secret`, as the reference library sees it now */
export function verify(secret: string, { headers, body }: Received): void {
  new Webhook(secret).verify(body, headers as Record<string, string>);
}
