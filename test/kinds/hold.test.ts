import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { StatusBase } from '../../src/domain/rollout/status.js';
import type { OutcomeBase } from '../../src/workflows/messages.js';
import { until } from '../contract/support/eventually.js';
import type { HoldPlan } from './hold/rules.js';

const TIMEOUT = { timeout: 120_000 };
const QUEUE = `hold-${String(process.pid)}`;
const HOUR = { holdForMs: 3_600_000 };

let connection: Connection;
let client: Client;
let worker: ChildProcess | undefined;

async function startWorker(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('hold/worker.mjs', import.meta.url));
  const started = spawn(process.execPath, [script, inject('temporalAddress'), QUEUE], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(started.stdout, 'data');
  return started;
}

async function kill(victim: ChildProcess | undefined): Promise<void> {
  if (victim === undefined || victim.exitCode !== null || victim.signalCode !== null) return;
  const ended = once(victim, 'exit');
  victim.kill('SIGKILL');
  await ended;
}

beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress'), connectTimeout: '60s' });
  client = new Client({ connection });
  worker = await startWorker();
}, 120_000);

afterAll(async () => {
  await kill(worker);
  await connection.close();
});

function start(service: string, plan: HoldPlan, options: object = {}): Promise<WorkflowHandle> {
  return client.workflow.start('holdRollout', {
    workflowId: `rollout/${service}`,
    taskQueue: QUEUE,
    args: [{ plan, ...options }],
  });
}

async function status(
  handle: WorkflowHandle,
  what: string,
  holds: (status: StatusBase) => boolean,
): Promise<StatusBase> {
  let last: StatusBase | undefined;
  const isAsWanted = async (): Promise<boolean> => {
    // A worker that has just been started may refuse a question before it has heard what happened.
    const answer = await handle.query<StatusBase>('status').catch(() => null);
    if (answer !== null) last = answer;
    return answer !== null && holds(answer);
  };
  await until(what, isAsWanted, 60_000);
  if (last === undefined) throw new Error('nobody has answered');
  return last;
}

test('a kind that only holds starts, says where it stands, and ends by its clock', TIMEOUT, async () => {
  const handle = await start('short', { holdForMs: 1 });
  const { outcome, moved } = (await handle.result()) as OutcomeBase;
  expect({ outcome, moved }).toEqual({ outcome: 'promoted', moved: false });
  const { phase, service, takes } = await status(handle, 'its end', ({ isComplete }) => isComplete);
  expect({ phase, service, takes }).toEqual({ phase: 'promoted', service: 'short', takes: [] });
});

test('it survives kill -9 and continue-as-new, paused as it is, and aborts', TIMEOUT, async () => {
  const handle = await start('long', HOUR, { historyLimit: 20 });
  const { runId: firstRunId } = await handle.describe();
  for (let time = 0; time < 5; time += 1) {
    await handle.signal('pause', { by: 'ada' });
    await status(handle, 'the pause', ({ phase }) => phase === 'paused');
    await handle.signal('resume', {});
    await status(handle, 'the resume', ({ phase }) => phase === 'progressing');
  }
  await handle.executeUpdate('pause', { args: [{ by: 'ada', reason: 'lunch' }] });
  await until('it continues as new', async () => (await handle.describe()).runId !== firstRunId, 60_000);
  await expect(handle.executeUpdate('pause', { args: [{}] })).rejects.toThrow();
  await kill(worker);
  await handle.signal('abort', { reason: 'enough', by: 'ada' });
  worker = await startWorker();
  const { outcome, cause, reason } = (await handle.result()) as OutcomeBase;
  expect({ outcome, cause, reason }).toEqual({ outcome: 'aborted', cause: 'abort', reason: 'aborted by ada: enough' });
  expect((await status(handle, 'its end', () => true)).history.map(({ what }) => what)).toContain('Abort: enough');
});
