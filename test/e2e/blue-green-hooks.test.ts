import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWebhook } from '../../src/adapters/hooks/webhook.js';
import { BlueGreenDeployment } from '../../src/client/blue-green/blue-green-deployment.js';
import type { BlueGreenStatus } from '../../src/domain/blue-green/status.js';
import { eventually } from '../contract/support/eventually.js';
import { BEHAVIOURS, startHookReceiver, type HookReceiver } from '../contract/support/hook-receiver.js';
import { switchPlan } from './support/switch-plan.js';
import { startWorld, type World } from './support/world.js';

const SECRET = `whsec_${Buffer.from('s'.repeat(32)).toString('base64')}`;
const MOMENTS = ['prepare', 'beforeSwitch', 'afterSwitch', 'retire', 'rolledBack', 'completed'] as const;

let world: World;
let receiver: HookReceiver;
let blueGreen: BlueGreenDeployment;

beforeEach(async () => {
  receiver = await startHookReceiver();
  const options = {
    url: receiver.url,
    secrets: ['env:SECRET'],
    allowAddresses: [],
    timeoutMs: 60_000,
    deadlineMs: 60_000,
  };
  const hook = createWebhook(options, () => SECRET);
  const byMoment = Object.fromEntries(MOMENTS.map((moment) => [moment, ['ops']]));
  world = await startWorld({ hooks: { byMoment, named: { ops: hook } } });
  blueGreen = new BlueGreenDeployment({
    client: world.client,
    taskQueue: world.taskQueue,
    workflowIdPrefix: `${world.taskQueue}/`,
  });
});

afterEach(async () => {
  await world.stop();
  await receiver.stop();
});

function status(id: string, what: string, holds: (status: BlueGreenStatus) => boolean): Promise<BlueGreenStatus> {
  return eventually(what, async () => {
    const found = await blueGreen.getDeploymentStatus(id);
    return holds(found) ? found : undefined;
  });
}

const known = (id: string) =>
  status(id, 'both environments to be known', ({ health = {} }) => {
    const all = Object.values(health);
    return all.length === 2 && all.every((one) => one.health === 1);
  });

const told = (): string[] =>
  receiver.received.map(({ payload: { data } }) => {
    const { environment } = (data.facts ?? {}) as { environment?: string };
    return environment === undefined ? data.moment : `${data.moment} ${environment}`;
  });

test('the idle environment is prepared with its config, asked about, told of, and the old one is retired after the end [B-01] [M-08]', async () => {
  const { id } = await blueGreen.start(switchPlan());
  await known(id);
  expect(receiver.received[0]?.payload.data).toMatchObject({
    moment: 'prepare',
    facts: { environment: 'green', config: { version: 'v2' } },
  });
  await blueGreen.switchToGreen(id);
  await blueGreen.finish(id);
  await world.closed('checkout');
  expect(told()).toEqual(['prepare green', 'beforeSwitch green', 'afterSwitch green', 'retire blue', 'completed']);
  // What is retired is no way back.
  const { id: undo } = await world.deployment.undo('checkout', { now: true });
  const refused = await world.status(undo, 'the undo to end', ({ isComplete }) => isComplete);
  expect(refused).toMatchObject({ moved: false });
  expect(await world.candidateShare()).toBe(100);
});

test('the way back waits for no hook, and who is behind the service hears which environment serves [B-05] [M-04]', async () => {
  const { id } = await blueGreen.start(switchPlan());
  await known(id);
  await blueGreen.switchToGreen(id);
  receiver.answers = BEHAVIOURS.hang;
  await blueGreen.emergencyStop(id, { reason: 'enough' });
  const ended = await status(id, 'the end', ({ isComplete }) => isComplete);
  expect(ended).toMatchObject({ outcome: 'aborted', activeEnvironment: 'blue' });
  expect(await world.candidateShare()).toBe(0);
  receiver.answers = BEHAVIOURS.yes;
  await eventually('the last switch to be told', () => {
    const switches = told().filter((one) => one.startsWith('afterSwitch'));
    return switches.at(-1) === 'afterSwitch blue' ? switches : undefined;
  });
});

test('an environment that cannot be prepared ends the rollout, and nothing was moved [M-08]', async () => {
  receiver.answers = BEHAVIOURS.no;
  const { id } = await blueGreen.start(switchPlan());
  const ended = await status(id, 'the end', ({ isComplete }) => isComplete);
  expect(ended).toMatchObject({ outcome: 'aborted', moved: false });
  expect(ended.reason).toMatch(/^prepare: a hook said no/);
});

test('a hook that says no before the switch keeps everything where it is, and a person is called [B-02] [M-08]', async () => {
  const { id } = await blueGreen.start(switchPlan());
  await known(id);
  receiver.answers = BEHAVIOURS.no;
  await expect(blueGreen.switchToGreen(id)).rejects.toMatchObject({ code: 'NOT_HEALTHY' });
  const held = await status(id, 'a person to be called', ({ needsHuman }) => needsHuman !== null);
  expect(held).toMatchObject({ phase: 'held', activeEnvironment: 'blue' });
  expect(await world.candidateShare()).toBe(0);
});
