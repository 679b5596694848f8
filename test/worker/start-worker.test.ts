import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Worker } from '@temporalio/worker';
import '../helpers/quiet-runtime.js';
import { afterEach, expect, inject, test, vi } from 'vitest';
import { freePort } from '../../src/dev/free-port.js';
import { DEFAULT_WORKER_SETTINGS, type WorkerSettings } from '../../src/worker/settings.js';
import { startWorker, type RunningWorker } from '../../src/worker/start-worker.js';
import { fitService, portsOf } from '../activities/support/fabricated.js';

const started: RunningWorker[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(started.splice(0).map((worker) => worker.shutdown()));
});

async function start(
  settings: Partial<WorkerSettings> = {},
  address = inject('temporalAddress'),
): Promise<RunningWorker> {
  const place = { connection: { address }, namespace: 'default', taskQueue: `headgate-${randomUUID()}` };
  const worker = await startWorker(place, portsOf(fitService()), { ...DEFAULT_WORKER_SETTINGS, ...settings });
  started.push(worker);
  return worker;
}

test('a worker says that it lives and that it polls; nothing else is answered', async () => {
  const { healthUrl } = await start({ healthPort: 0 });
  expect(healthUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${healthUrl ?? ''}${path}`);
    return { status: response.status, body: await response.json() };
  };
  const body = { ready: true, workers: { rollouts: 'RUNNING', watches: 'RUNNING', hooks: 'RUNNING' } };
  expect(await ask('/healthz')).toEqual({ status: 200, body });
  expect(await ask('/readyz')).toEqual({ status: 200, body });
  expect(await ask('/secrets')).toMatchObject({ status: 404 });
});

test('a worker listens on loopback, unless it is told to be reached from elsewhere', async () => {
  const { healthUrl } = await start({ healthPort: 0, host: '0.0.0.0' });
  expect(healthUrl).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
});

test('a worker tells Prometheus that it polls, how much it can guard, and that Temporal answers', async () => {
  const { healthUrl } = await start({ healthPort: 0, maxConcurrentWatches: 7 });
  const response = await fetch(`${healthUrl ?? ''}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n');
  expect(lines).toContain('headgate_worker_ready 1');
  expect(lines).toContain('headgate_watch_slots 7');
  expect(lines).toContain('headgate_temporal_up 1');
});

test('a worker that is not asked to has no endpoint, and ends when it is shut down', async () => {
  const worker = await start();
  expect(worker.healthUrl).toBeNull();
  await worker.shutdown();
  await expect(worker.done).resolves.toBeUndefined();
  await worker.shutdown();
});

test('a worker on a machine that stood still for seconds does not take its workflows for endless [C-12]', async () => {
  const created = vi.spyOn(Worker, 'create');
  await start();
  const [rollouts] = await Promise.all(created.mock.results.map(({ value }) => value as Promise<Worker>));
  expect(rollouts?.options.isolateExecutionTimeoutMs).toBe(300_000);
});

test('after the end the endpoint is gone', async () => {
  const worker = await start({ healthPort: 0 });
  await worker.shutdown();
  await expect(fetch(`${worker.healthUrl ?? ''}/healthz`)).rejects.toThrow();
});

test('a port that somebody else has refuses the start, and the next start on it works', async () => {
  const other = createServer();
  const port = await freePort();
  other.listen(port, '127.0.0.1');
  await once(other, 'listening');
  await expect(start({ healthPort: port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  other.close();
  await once(other, 'close');
  expect(await start({ healthPort: port })).toMatchObject({ healthUrl: `http://127.0.0.1:${String(port)}` });
});

test('without Temporal the start is refused, the server is named, and the port is free again', async () => {
  const [away, healthPort] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${String(away)}`;
  await expect(start({ healthPort }, address)).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: `Temporal cannot be reached at ${address}`,
  });
  await start({ healthPort });
});
