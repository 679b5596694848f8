import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BlueGreenDeployment } from '../../src/client/blue-green/blue-green-deployment.js';
import type { BlueGreenStatus } from '../../src/domain/blue-green/status.js';
import { freePort } from '../../src/dev/free-port.js';
import { eventually, until } from '../contract/support/eventually.js';
import { buildCommandLine, commandLineFor, kill, type CommandLine, type Running } from './support/command-line.js';
import { switchPlan } from './support/switch-plan.js';
import { startWorld, type World } from './support/world.js';

const SERVICES = ['checkout', 'raw', 'often', 'undone', 'stopped', 'killed'];
const READY_MS = 60_000;

let world: World;
let blueGreen: BlueGreenDeployment;

function clientOf({ client, taskQueue }: World): BlueGreenDeployment {
  return new BlueGreenDeployment({ client, taskQueue, workflowIdPrefix: `${taskQueue}/` });
}

function status(
  id: string,
  what: string,
  holds: (status: BlueGreenStatus) => boolean,
  deadlineMs?: number,
): Promise<BlueGreenStatus> {
  return eventually(
    what,
    async () => {
      const found = await blueGreen.getDeploymentStatus(id);
      return holds(found) ? found : undefined;
    },
    deadlineMs,
  );
}

function known(id: string): Promise<BlueGreenStatus> {
  return status(
    id,
    'both environments to be known',
    ({ health = {} }) => {
      const all = Object.values(health);
      return all.length === 2 && all.every((one) => one.health === 1);
    },
    READY_MS,
  );
}

const planOf = (service: string) => switchPlan({ service, name: service });

describe('a blue-green rollout with a worker', () => {
  beforeAll(async () => {
    world = await startWorld({ services: SERVICES });
    blueGreen = clientOf(world);
  });
  afterAll(() => world.stop());

  test('started and switched by signals from raw JSON behaves as any other [B-02]', async () => {
    const handle = await world.client.workflow.start('blueGreenRollout', {
      workflowId: `${world.taskQueue}/rollout/raw`,
      taskQueue: world.taskQueue,
      args: [{ plan: planOf('raw') }],
    });
    const id = `raw@${handle.firstExecutionRunId}`;
    await known(id);
    await handle.signal('switch', {});
    await until('all the traffic to be on green', async () => (await world.candidateShare('raw')) === 100);
    await status(id, 'the window to run', ({ takes }) => takes.includes('finish'));
    await handle.signal('finish', { by: 'me' });
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'promoted', moved: true });
  });

  test('with an input that makes no sense ends at once, and says all that is wrong', async () => {
    const handle = await world.client.workflow.start('blueGreenRollout', {
      workflowId: `${world.taskQueue}/rollout/stopped`,
      taskQueue: world.taskQueue,
      args: [{ plan: { ...planOf('stopped'), environments: { a: {}, b: {}, c: {} }, switchWhen: 'never' } }],
    });
    const outcome = (await handle.result()) as { reason: string };
    expect(outcome).toMatchObject({ outcome: 'aborted', cause: 'preflight', moved: false });
    expect(outcome.reason).toMatch(/environments/);
    expect(outcome.reason).toMatch(/switchWhen/);
  });

  test('that continues as new while it waits, and after the switch, loses nothing [B-05]', async () => {
    const { id } = await blueGreen.start(planOf('often'), { historyLimit: 20 });
    await known(id);
    for (const target of ['green', 'blue', 'green']) {
      await blueGreen.switchTo(id, target, { validateHealth: false });
      expect(await world.candidateShare('often')).toBe(target === 'green' ? 100 : 0);
    }
    await eventually('the workflow to have continued as new', async () => {
      const { raw } = await world.client.workflow.getHandle(`${world.taskQueue}/rollout/often`).describe();
      const { runId } = raw.workflowExecutionInfo?.execution ?? {};
      return runId == null || id.endsWith(runId) ? undefined : runId;
    });
    await blueGreen.rollback(id);
    expect(await blueGreen.wait(id)).toMatchObject({ outcome: 'aborted', activeEnvironment: 'blue' });
    expect(await world.candidateShare('often')).toBe(0);
  });

  test('is undone after it has ended, by an undo of its service [B-05] [C-16]', async () => {
    const { id } = await blueGreen.start(planOf('undone'));
    await known(id);
    await blueGreen.switchToGreen(id);
    await blueGreen.finish(id);
    await blueGreen.wait(id);
    await world.closed('undone');
    const { id: undo } = await world.deployment.undo('undone', { now: true, reason: 'it was wrong' });
    const ended = await world.status(undo, 'the undo to end', ({ isComplete }) => isComplete);
    expect(ended).toMatchObject({ outcome: 'promoted' });
    expect(await world.candidateShare('undone')).toBe(0);
  });

  test('whose weights somebody else moves while it waits holds and calls a person [B-06]', async () => {
    const { id } = await blueGreen.start(planOf('checkout'));
    await known(id);
    await world.setWeights([
      { backend: 'blue', percent: 50 },
      { backend: 'green', percent: 50 },
    ]);
    const held = await status(id, 'the drift to be seen', ({ phase }) => phase === 'held');
    expect(held.needsHuman).toMatch(/50/);
    await blueGreen.resume(id, { reason: 'seen' });
    await until('blue to have everything again', async () => (await world.candidateShare()) === 0);
  });
});

describe('a blue-green rollout whose worker is killed with -9', () => {
  let headgate: CommandLine;
  let healthPort: number;

  beforeAll(async () => {
    await buildCommandLine();
    healthPort = await freePort();
    world = await startWorld({ services: ['killed'], worker: 'none' });
    blueGreen = clientOf(world);
    headgate = await commandLineFor(world, { HEADGATE_HEALTH_PORT: String(healthPort) });
  }, 240_000);
  afterAll(async () => {
    await headgate.remove();
    await world.stop();
  });

  async function startProcess(): Promise<Running> {
    const worker = headgate.start('worker');
    await until(
      'the worker to poll',
      () =>
        fetch(`http://127.0.0.1:${String(healthPort)}/readyz`).then(
          ({ status: code }) => code === 200,
          () => false,
        ),
      READY_MS,
    );
    return worker;
  }

  test('is where it was when another one comes: it waits, serves, and goes back when told meanwhile [B-04] [M-04]', async () => {
    const first = await startProcess();
    const { id } = await blueGreen.start(planOf('killed'));
    await known(id);
    await kill(first);
    const second = await startProcess();
    await known(id);
    await blueGreen.switchToGreen(id);
    expect(await world.candidateShare('killed')).toBe(100);
    await kill(second);
    await blueGreen.emergencyStop(id, { reason: 'enough' });
    expect(await world.candidateShare('killed')).toBe(100);
    await startProcess();
    await until('blue to have everything again', async () => (await world.candidateShare('killed')) === 0, READY_MS);
    expect(await blueGreen.wait(id)).toMatchObject({ outcome: 'aborted', activeEnvironment: 'blue' });
  }, 240_000);
});
