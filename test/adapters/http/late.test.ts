import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createJsonClient } from '../../../src/adapters/http/json-client.js';
import { until } from '../../contract/support/eventually.js';

/** A server that answers when it is told to. */
async function startHesitant() {
  const asked: string[] = [];
  const answers: ServerResponse[] = [];
  const server = createServer((question, answer) => {
    asked.push(question.url ?? '');
    answers.push(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { url, asked, answerAll: () => answers.splice(0).forEach((answer) => answer.end('{}')) };
}

const TIMEOUT_MS = 10_000;

test('a request whose time is over while it waits for a connection is not sent [C-11]', async () => {
  const server = await startHesitant();
  const ask = createJsonClient(TIMEOUT_MS);
  const crowd = Array.from({ length: 32 }, () => ask({ url: `${server.url}/crowd` }));
  await until('all connections to be taken', () => server.asked.length === crowd.length);
  const notAfterMs = Date.now() + 30;
  const late = ask({ method: 'PUT', url: `${server.url}/late`, body: {}, notAfterMs });
  const refused = expect(late).rejects.toThrow('nothing was written: its time is over');
  await until('its time is over', () => Date.now() > notAfterMs);
  server.answerAll();
  await Promise.all(crowd);
  await refused;
  expect(server.asked).not.toContain('/late');

  const next = ask({ method: 'PUT', url: `${server.url}/next`, body: {}, notAfterMs: Date.now() + TIMEOUT_MS });
  await until('the next one to be sent', () => server.asked.includes('/next'));
  server.answerAll();
  expect(await next).toMatchObject({ status: 200 });
});
