import { randomUUID } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { RunningWorker } from '../../src/worker/start-worker.js';
import { until } from '../contract/support/eventually.js';
import { startRelay } from '../contract/support/relay.js';
import { buildCommandLine, commandLineFor } from './support/command-line.js';
import { temporalCli, type TemporalCli } from './support/temporal-cli.js';
import { longPlan, startWorld, type World, type WorldOptions } from './support/world.js';

let world: World;
let cli: TemporalCli;
let name: string;

beforeAll(buildCommandLine);
afterEach(() => world.stop());

async function begin(options: WorldOptions = {}): Promise<void> {
  world = await startWorld({ ...options, worker: 'none' });
  cli = await temporalCli();
  name = `headgate-${randomUUID()}`;
}

const startVersion = (buildId: string): Promise<RunningWorker> =>
  world.startWorker({ healthPort: 0, deployment: { name, buildId } });

/** As a person does; a version that has just begun to poll is not known everywhere at once. */
async function makeCurrent(buildId: string): Promise<void> {
  let last: unknown;
  await until(`version ${buildId} to be current`, () =>
    cli('worker', 'deployment', 'set-current-version', '--deployment-name', name, '--build-id', buildId, '--yes').then(
      () => true,
      (error: unknown) => {
        last = error;
        return false;
      },
    ),
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${String(last)}`);
  });
}

const readiness = async ({ healthUrl }: RunningWorker): Promise<{ status: number; version: unknown }> => {
  const response = await fetch(`${healthUrl ?? ''}/readyz`);
  const { workers } = (await response.json()) as { workers: { version?: string } };
  return { status: response.status, version: workers.version };
};

const untilReady = (worker: RunningWorker) =>
  until('the worker to be ready', async () => (await readiness(worker)).status === 200);

/** The builds that have done the rollout's workflow tasks, in order, each once per run of tasks. */
async function buildsOf(service = 'checkout'): Promise<string[]> {
  const { events } = await world.client.workflow.getHandle(`${world.taskQueue}/rollout/${service}`).fetchHistory();
  const builds = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: task }) =>
    task == null ? [] : [task.deploymentVersion?.buildId ?? 'none'],
  );
  return builds.filter((build, place) => build !== builds[place - 1]);
}

const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageEndsAt }) => stageEndsAt !== null);

describe('workers with versions', () => {
  test('are given work and are ready only when their version is current [C-12]', async () => {
    await begin();
    const worker = await startVersion('1');
    const { id } = await world.deployment.start(longPlan());
    await until('Temporal to know the version', async () => (await readiness(worker)).version === 'idle');
    expect(await readiness(worker)).toEqual({ status: 503, version: 'idle' });
    await makeCurrent('1');
    await untilReady(worker);
    expect(await readiness(worker)).toEqual({ status: 200, version: 'current' });
    await baked(id);
    expect(await buildsOf()).toEqual(['1']);
    await world.deployment.rollback(id);
  });

  test('are ready as well when their version is ramping, and stay ready while Temporal is away [C-12]', async () => {
    const [host = '', port = ''] = inject('temporalAddress').split(':');
    const relay = await startRelay({ host, port: Number(port) });
    onTestFinished(() => relay.stop());
    await begin({ temporalAddress: `${relay.host}:${String(relay.port)}` });
    const [first, second] = [await startVersion('1'), await startVersion('2')];
    await makeCurrent('1');
    await untilReady(first);
    await cli(
      ...['worker', 'deployment', 'set-ramping-version', '--deployment-name', name, '--build-id', '2'],
      ...['--percentage', '50', '--yes'],
    );
    await untilReady(second);
    expect(await readiness(second)).toEqual({ status: 200, version: 'ramping' });
    relay.set('silent');
    expect(await readiness(first)).toEqual({ status: 200, version: 'current' });
    expect((await fetch(`${second.healthUrl ?? ''}/healthz`)).status).toBe(200);
    relay.set('open');
  });

  test('hand a rollout on with its next step once the next version is current, and not before [C-12]', async () => {
    await begin();
    world.startLoad();
    const first = await startVersion('1');
    await makeCurrent('1');
    await untilReady(first);
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    const second = await startVersion('2');
    await world.deployment.pause(id);
    await world.status(id, 'the pause', ({ phase }) => phase === 'paused');
    expect(await buildsOf()).toEqual(['1']);
    expect(await readiness(second)).toMatchObject({ status: 503 });

    await makeCurrent('2');
    await untilReady(second);
    // Temporal tells its task queues of it one after the other.
    await until('a step to be done by version 2', async () => {
      await world.deployment.resume(id);
      await world.deployment.pause(id);
      return (await buildsOf()).at(-1) === '2';
    });
    await world.deployment.resume(id);
    await baked(id);
    expect(await buildsOf()).toEqual(['1', '2']);
    expect(await readiness(first)).toEqual({ status: 503, version: 'idle' });
    expect(await world.candidateShare()).toBe(25);

    // Nobody of version 1 is left: the stage is guarded and undone by version 2.
    await first.shutdown();
    world.green.behaviour.errorRate = 0.5;
    expect(await world.status(id, 'the end', ({ isComplete }) => isComplete)).toMatchObject({
      outcome: 'rolledBack',
      stop: { cause: 'breach' },
    });
    expect(await world.candidateShare()).toBe(0);
    expect(await buildsOf()).toEqual(['1', '2']);
  });

  test('leave no rollout behind when a version ends before the next one begins: an abort sent meanwhile moves [C-12] [M-04]', async () => {
    await begin();
    const first = await startVersion('1');
    await makeCurrent('1');
    await untilReady(first);
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await first.shutdown();
    await world.deployment.emergencyStop(id, { reason: 'nobody is there' });
    const second = await startVersion('2');
    await makeCurrent('2');
    await untilReady(second);
    await world.status(id, 'the end', ({ isComplete }) => isComplete);
    expect(await world.candidateShare()).toBe(0);
    expect((await buildsOf()).at(-1)).toBe('2');
  });

  test('take over from one that was killed with -9, as it was configured in headgate.yaml [C-12] [M-04]', async () => {
    await begin();
    const headgate = await commandLineFor(world);
    onTestFinished(() => headgate.remove());
    const deployment = `{ name: ${name}, buildId: '1' }`;
    await appendFile(join(headgate.folder, 'headgate.yaml'), `worker: { deployment: ${deployment} }\n`);
    const killed = headgate.start('worker');
    onTestFinished(() => killed.kill('SIGKILL'));
    await killed.prints(/set-current-version .*is given no work/);
    await makeCurrent('1');
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    killed.kill('SIGKILL');
    await killed.ended;
    await world.deployment.emergencyStop(id, { reason: 'while it was dead' });
    await startVersion('1');
    await world.status(id, 'the end', ({ isComplete }) => isComplete);
    expect(await world.candidateShare()).toBe(0);
    expect(await buildsOf()).toEqual(['1']);
  });
});
