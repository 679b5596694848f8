import { isStuck } from '../../src/domain/stages/status.js';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { exitOfStatus } from '../../src/cli/exit-of-status.js';
import { buildCommandLine, commandLineFor, type CommandLine } from '../e2e/support/command-line.js';
import { longPlan, startWorld, type World } from '../e2e/support/world.js';

const TIMEOUT = { timeout: 240_000 };

let world: World;
let headgate: CommandLine;
let worker: ChildProcess;

beforeAll(buildCommandLine);
beforeEach(async () => {
  world = await startWorld({ worker: 'none' });
  headgate = await commandLineFor(world);
  worker = await startWorkerProcess();
});
afterEach(async () => {
  await kill(worker);
  await headgate.remove();
  await world.stop();
});

async function startWorkerProcess(): Promise<ChildProcess> {
  const entry = fileURLToPath(new URL('../worker/fixtures/busy-worker.mjs', import.meta.url));
  const child = fork(entry, [join(headgate.folder, 'headgate.yaml')], {
    execArgv: [],
    env: { PATH: process.env['PATH'], TEMPORAL_ADDRESS: inject('temporalAddress'), HEADGATE_LOG_LEVEL: 'error' },
  });
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function startRollout(): Promise<string> {
  const { id } = await world.deployment.start(longPlan({ analysis: { checks: [] } }));
  await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
  return id;
}

test('a worker that takes tasks but answers none in time is busy, and calls nobody [W33]', TIMEOUT, async () => {
  const id = await startRollout();
  worker.send('be busy');
  await once(worker, 'message');
  const status = await world.deployment.getDeploymentStatus(id);
  expect(status).toMatchObject({
    worker: 'busy',
    phase: 'progressing',
    currentStage: 1,
    trafficPercentage: 25,
    needsHuman: null,
    reason: 'a worker takes tasks but did not answer in time: it is busy, or hangs; it was progressing when last seen',
  });
  expect(isStuck(status)).toBe(false);
  expect(exitOfStatus(status)).toBe('reached');
  const shown = await headgate.run('status', 'checkout');
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/worker: busy; this is what the server knew/);
  expect(shown.stdout).not.toMatch(/no worker answers|needs you/);
});

test('one that was killed a moment ago is none, although the server remembers it [W33]', TIMEOUT, async () => {
  const id = await startRollout();
  await kill(worker);
  expect(await world.deployment.getDeploymentStatus(id)).toMatchObject({
    worker: 'none',
    reason: 'no worker answers; it was progressing when last seen',
    needsHuman: 'no worker answers; it was progressing when last seen',
  });
});
