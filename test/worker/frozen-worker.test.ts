import { randomUUID } from 'node:crypto';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import '../helpers/quiet-runtime.js';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createActivities } from '../../src/activities/index.js';
import { NO_FENCE } from '../../src/domain/traffic/fence.js';
import type { Weights } from '../../src/domain/traffic/weights.js';
import type { WriteOptions } from '../../src/ports/traffic-router.js';
import { fitService, portsOf } from '../activities/support/fabricated.js';
import { until } from '../helpers/until.js';
import type { change } from './fixtures/change.js';

const WITHIN_MS = 1500;

/** As long as a change of weights may take in earnest. */
const FROZEN_MS = 6000;

const share = (percent: number): Weights => [
  { backend: 'green', percent },
  { backend: 'blue', percent: 100 - percent },
];

async function run(options: Partial<Parameters<typeof Worker.create>[0]> & { taskQueue: string }): Promise<void> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const worker = await Worker.create({ connection, ...options });
  const ended = worker.run();
  onTestFinished(async () => {
    worker.shutdown();
    await ended;
    await connection.close();
  });
}

test('a worker that was frozen while it had nothing to do writes nothing of what another one has done since [C-11] [C-12]', async () => {
  const address = inject('temporalAddress');
  const onQueue = `headgate-${randomUUID()}`;
  const workflows = `${onQueue}-workflows`;
  const connection = await NativeConnection.connect({ address });
  onTestFinished(() => connection.close());
  const client = new Client({ connection });
  await run({
    taskQueue: workflows,
    workflowsPath: fileURLToPath(new URL('./fixtures/change.ts', import.meta.url)),
  });
  const named = { service: 'checkout', rolloutId: 'checkout@1' };
  const set = (percent: number) =>
    client.workflow.start<typeof change>('change', {
      workflowId: `${onQueue}/${String(percent)}`,
      taskQueue: workflows,
      args: [{ ...named, weights: share(percent), fence: percent, onQueue, withinMs: WITHIN_MS }],
    });

  const frozen = fork(fileURLToPath(new URL('./fixtures/idle-worker.mjs', import.meta.url)), [address, onQueue], {
    silent: true,
  });
  onTestFinished(() => void frozen.kill('SIGKILL'));
  const told: unknown[] = [];
  frozen.on('message', (message) => told.push(message));
  await (await set(10)).result();
  expect(told.splice(0)).toContainEqual({ wrote: share(10) });
  frozen.kill('SIGSTOP');
  const frozenSinceMs = Date.now();

  const forward = await set(25);
  await until('the frozen worker to be handed the change', async () => {
    const { raw } = await forward.describe();
    return raw.pendingActivities?.some(({ lastStartedTime }) => lastStartedTime != null);
  });
  let weights: Weights = [];
  let fence = NO_FENCE;
  const router = {
    ...fitService().router,
    readWeights: () => Promise.resolve([{ instance: 'a', weights, fence }]),
    setWeights: (_: unknown, wanted: Weights, options: WriteOptions) => {
      weights = wanted;
      ({ fence } = options);
      return Promise.resolve();
    },
  };
  await run({ taskQueue: onQueue, activities: { ...createActivities(portsOf(fitService({ router }))) } });
  await forward.result();
  await (await set(0)).result();
  expect(weights).toEqual(share(0));

  await until('it to be frozen for long enough', () => Date.now() - frozenSinceMs > FROZEN_MS);
  frozen.kill('SIGCONT');
  await until('the frozen worker to come to the change', () => told.some((one) => changedTo(25, one)));
  expect(told).toContainEqual({ refused: share(25) });
  expect(told).not.toContainEqual({ wrote: expect.anything() as unknown });
});

function changedTo(percent: number, message: unknown): boolean {
  return Object.values(message as Record<string, Weights>).some((weights) => weights[0]?.percent === percent);
}
