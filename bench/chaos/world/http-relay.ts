import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { listen } from '../../../src/gateway/http-server.js';
import type { Disturbance } from '../schedule/schedule.js';
import { lieAbout } from './lies.js';

/** Stands between a worker and an admin API. */
export interface HttpRelay {
  readonly url: string;
  /** `null`: as if it were not there. */
  disturb(how: Disturbance | null): void;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** @param onWrite hears the path of everything that is written, before it is passed on */
export async function startHttpRelay(target: string, onWrite: (path: string) => void): Promise<HttpRelay> {
  const pool = new Pool(target, { connections: 32 });
  /** The answer before, by question: what a cache would say. */
  const before = new Map<string, string>();
  let mode: Disturbance | null = null;

  async function ask({ method = 'GET', url = '/' }: IncomingMessage, sent: string): Promise<Answer> {
    const answer = await pool.request({
      method,
      path: url,
      headers: { host: new URL(target).host, 'content-type': 'application/json' },
      ...(sent === '' ? {} : { body: sent }),
    });
    const type = answer.headers['content-type'];
    return {
      status: answer.statusCode,
      type: typeof type === 'string' ? type : 'application/json',
      body: await answer.body.text(),
    };
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const how = mode;
    if (request.method !== 'GET') onWrite(request.url ?? '');
    if (how?.kind === 'refusing') {
      request.socket.destroy();
      return;
    }
    if (how?.kind === 'silent') return;
    if (how?.kind === 'failing') {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('upstream connect error');
      return;
    }
    const sent = await read(request);
    // Whoever asked may have gone by then; what it asked for is done all the same, late.
    if (how?.kind === 'slow') await sleep(how.delayMs);
    if (how?.kind === 'late' && request.method !== 'GET') {
      mode = null;
      await sleep(how.delayMs);
    }
    const { status, type, body } = await ask(request, sent);
    const question = `${request.method ?? ''} ${(request.url ?? '').replace(/\?.*/, '')}`;
    const old = before.get(question) ?? body;
    before.set(question, body);
    if (how?.kind === 'lying' && mode === how) {
      mode = null;
      const lie = lieAbout(how.lie, { body, old });
      response.writeHead(status, { 'content-type': lie.type ?? type }).end(lie.body);
      return;
    }
    response.writeHead(status, { 'content-type': type }).end(body);
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  return {
    url: await listen(server, '127.0.0.1', 0),
    disturb(how) {
      mode = how;
      if (how?.kind === 'refusing') server.closeAllConnections();
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
