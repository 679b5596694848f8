import { afterEach, describe, expect, test } from 'vitest';
import { BlueGreenDeployment } from '../../src/client/blue-green/blue-green-deployment.js';
import type { BlueGreenStatus } from '../../src/domain/blue-green/status.js';
import { eventually, until } from '../contract/support/eventually.js';
import { startWorld, type World } from './support/world.js';
import { switchPlan } from './support/switch-plan.js';

let world: World;
let blueGreen: BlueGreenDeployment;

afterEach(() => world.stop());

async function begin(): Promise<void> {
  world = await startWorld();
  blueGreen = new BlueGreenDeployment({
    client: world.client,
    taskQueue: world.taskQueue,
    workflowIdPrefix: `${world.taskQueue}/`,
  });
}

function status(id: string, what: string, holds: (status: BlueGreenStatus) => boolean): Promise<BlueGreenStatus> {
  return eventually(what, async () => {
    const found = await blueGreen.getDeploymentStatus(id);
    return holds(found) ? found : undefined;
  });
}

/** Until both environments are known to be well. */
function known(id: string): Promise<BlueGreenStatus> {
  return status(id, 'both environments to be known', ({ health = {} }) => {
    const all = Object.values(health);
    return all.length === 2 && all.every((one) => one.health === 1);
  });
}

describe('a blue-green rollout on real traffic', () => {
  test('switches all the traffic on command, keeps the old environment for the window, and ends by finish [B-01] [B-02] [B-04]', async () => {
    await begin();
    const load = world.startLoad();
    const { id } = await blueGreen.start(switchPlan());
    const waiting = await known(id);
    expect(waiting).toMatchObject({ phase: 'awaitingApproval', activeEnvironment: 'blue', trafficPercentage: 0 });
    expect(waiting.takes).toContain('switch');
    const answer = await blueGreen.switchToGreen(id, { by: 'me', reason: 'looks well' });
    expect(answer.effect).toBe('Switch to green: looks well');
    expect(await world.candidateShare()).toBe(100);
    const health = await blueGreen.getHealthStatus(id);
    expect(health.activeEnvironment).toBe('green');
    await blueGreen.finish(id);
    const ended = await blueGreen.wait(id);
    expect(ended).toMatchObject({ outcome: 'promoted', moved: true, activeEnvironment: 'green' });
    expect(await world.candidateShare()).toBe(100);
    await load.stop();
    expect([...load.counts.keys()].filter((key) => !key.endsWith('200'))).toEqual([]);
  });

  test('an environment that is unwell, or not probed often enough, is not switched to, and nothing moves [B-02]', async () => {
    await begin();
    world.green.behaviour.healthy = false;
    const { id } = await blueGreen.start(switchPlan());
    await status(id, 'the rollout to wait for its switch', ({ takes }) => takes.includes('switch'));
    await expect(blueGreen.switchToGreen(id)).rejects.toMatchObject({ code: 'NOT_HEALTHY' });
    expect(await world.candidateShare()).toBe(0);
    // What was refused is no answer to what is asked next.
    expect((await blueGreen.pause(id)).phase).toBe('paused');
    await blueGreen.resume(id);
    await blueGreen.switchToGreen(id, { validateHealth: false });
    expect(await world.candidateShare()).toBe(100);
  });

  test('traffic goes back and forth as often as somebody says; what is so already moves nothing [B-02] [B-05]', async () => {
    await begin();
    const { id } = await blueGreen.start(switchPlan());
    await known(id);
    await blueGreen.switchToGreen(id);
    expect(await world.candidateShare()).toBe(100);
    await known(id);
    await blueGreen.switchToBlue(id);
    expect(await world.candidateShare()).toBe(0);
    await known(id);
    const again = await blueGreen.switchToBlue(id);
    expect(again.effect).toBe('Already on blue: nothing is moved');
    await blueGreen.switchToGreen(id);
    expect(await world.candidateShare()).toBe(100);
    await blueGreen.rollback(id, { reason: 'enough' });
    const ended = await blueGreen.wait(id);
    expect(ended).toMatchObject({ outcome: 'aborted', activeEnvironment: 'blue' });
    expect(await world.candidateShare()).toBe(0);
  });

  test('traffic goes back by itself when the new environment dies and the old one is known to be well [B-04]', async () => {
    await begin();
    const { id } = await blueGreen.start(switchPlan());
    await known(id);
    await blueGreen.switchToGreen(id);
    world.green.behaviour.healthy = false;
    const ended = await blueGreen.wait(id);
    expect(ended).toMatchObject({ outcome: 'rolledBack', activeEnvironment: 'blue' });
    expect(ended.reason).toMatch(/green is unhealthy/);
    expect(await world.candidateShare()).toBe(0);
  });

  test('with neither well nothing moves and a person is called [B-04]', async () => {
    await begin();
    const { id } = await blueGreen.start(switchPlan());
    await known(id);
    await blueGreen.switchToGreen(id);
    world.blue.behaviour.healthy = false;
    world.green.behaviour.healthy = false;
    const held = await status(id, 'a person to be called', ({ needsHuman }) => needsHuman !== null);
    expect(held).toMatchObject({ phase: 'held', activeEnvironment: 'green' });
    expect(held.needsHuman).toMatch(/blue is not known to be healthy/);
    expect(await world.candidateShare()).toBe(100);
  });

  test('the switch is made by itself as soon as the idle environment is known to be well, where that is asked for', async () => {
    await begin();
    world.green.behaviour.healthy = false;
    const { id } = await blueGreen.start(switchPlan({ switchWhen: 'healthy' }));
    await status(id, 'green to be known to be unwell', ({ health = {} }) => health.green?.health === 0);
    expect(await world.candidateShare()).toBe(0);
    await blueGreen.pause(id);
    world.green.behaviour.healthy = true;
    await status(id, 'green to be well', ({ health = {} }) => (health.green?.health ?? 0) > 0.5);
    expect(await world.candidateShare()).toBe(0);
    await blueGreen.resume(id);
    await until('all the traffic to go to green', async () => (await world.candidateShare()) === 100);
  });
});
