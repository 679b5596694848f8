import { createWebhook } from '../../../src/adapters/hooks/webhook.js';
import { BlueGreenDeployment } from '../../../src/client/blue-green/blue-green-deployment.js';
import type { BlueGreenPlan } from '../../../src/domain/blue-green/plan.js';
import type { BlueGreenStatus } from '../../../src/domain/blue-green/status.js';
import { eventually } from '../../contract/support/eventually.js';
import { startHookReceiver } from '../../contract/support/hook-receiver.js';
import { switchPlan } from '../support/switch-plan.js';
import { longPlan, type World } from '../support/world.js';
import { handleIn, type Stories, type Story } from './story.js';

const PATIENCE_MS = 60_000;

function clientIn({ client, taskQueue }: World): BlueGreenDeployment {
  return new BlueGreenDeployment({ client, taskQueue, workflowIdPrefix: `${taskQueue}/` });
}

function status(world: World, id: string, what: string, holds: (status: BlueGreenStatus) => boolean) {
  return eventually(
    what,
    async () => {
      const found = await clientIn(world).getDeploymentStatus(id);
      return holds(found) ? found : undefined;
    },
    PATIENCE_MS,
  );
}

function known(world: World, id: string) {
  return status(world, id, 'both environments to be known', ({ health = {} }) => {
    const all = Object.values(health);
    return all.length === 2 && all.every((one) => one.health === 1);
  });
}

function story(
  act: NonNullable<Story['act']>,
  plan: Partial<BlueGreenPlan> = {},
  more: Partial<Story> & { readonly historyLimit?: number } = {},
): Story {
  const { historyLimit, ...rest } = more;
  return {
    kind: 'blue-green',
    plan: longPlan(),
    begin: (world) => clientIn(world).start(switchPlan(plan), historyLimit === undefined ? {} : { historyLimit }),
    act,
    ...rest,
  };
}

/** What happens to rollouts that switch between two environments. */
export const SWITCHES: Stories = {
  'switched-and-finished': story(async (world, id) => {
    await known(world, id);
    await clientIn(world).switchToGreen(id, { by: 'ada', reason: 'recorded' });
    await clientIn(world).finish(id);
  }),
  'back-and-forth': story(async (world, id) => {
    await known(world, id);
    await handleIn(world).signal('switch', { to: 'green', validateHealth: false });
    await status(
      world,
      id,
      'green to serve',
      ({ takes, activeEnvironment }) => takes.includes('finish') && activeEnvironment === 'green',
    );
    await clientIn(world).switchToBlue(id, { validateHealth: false });
    await clientIn(world).switchToBlue(id);
    await clientIn(world).rollback(id, { reason: 'enough' });
  }),
  'refused-switch': story(async (world, id) => {
    world.green.behaviour.healthy = false;
    await status(world, id, 'the wait for a switch', ({ takes }) => takes.includes('switch'));
    await clientIn(world)
      .switchToGreen(id)
      .catch(() => undefined);
    await handleIn(world).signal('reject', { by: 'ada' });
    await status(world, id, 'the hold', ({ phase }) => phase === 'held');
    await clientIn(world).pause(id);
    await clientIn(world).resume(id);
    await clientIn(world).emergencyStop(id);
  }),
  'not-begun-in-time': story(() => Promise.resolve(), { begin: { timeoutMs: 500, onTimeout: 'abort' } }),
  'dies-after-the-switch': story(
    async (world, id) => {
      await status(world, id, 'green to serve', ({ activeEnvironment }) => activeEnvironment === 'green');
      world.green.behaviour.healthy = false;
    },
    { switchWhen: 'healthy' },
  ),
  'both-die-after-the-switch': story(async (world, id) => {
    await known(world, id);
    await clientIn(world).switchToGreen(id);
    world.green.behaviour.healthy = false;
    world.blue.behaviour.healthy = false;
    await status(world, id, 'a person to be called', ({ phase }) => phase === 'held');
    await clientIn(world).rollback(id);
  }),
  'drift-while-it-waits': story(async (world, id) => {
    await known(world, id);
    await world.setWeights([
      { backend: 'blue', percent: 50 },
      { backend: 'green', percent: 50 },
    ]);
    await status(world, id, 'the hold', ({ phase }) => phase === 'held');
    await clientIn(world).resume(id);
    await status(world, id, 'the wait for a switch', ({ phase }) => phase === 'awaitingApproval');
    await clientIn(world).rollback(id);
  }),
  'continues-as-new': story(
    async (world, id) => {
      await known(world, id);
      for (const to of ['green', 'blue', 'green']) {
        await clientIn(world).switchTo(id, to, { validateHealth: false });
        await status(
          world,
          id,
          'the switch',
          ({ activeEnvironment, switchingTo }) => activeEnvironment === to && switchingTo === null,
        );
      }
      await clientIn(world).finish(id);
    },
    {},
    { historyLimit: 20 },
  ),
  'prepared-and-retired': story(
    async (world, id) => {
      await known(world, id);
      await clientIn(world).switchToGreen(id);
      await clientIn(world).finish(id);
      await world.closed('checkout');
    },
    {},
    { hooked: ['prepare', 'beforeSwitch', 'afterSwitch', 'retire', 'completed'] },
  ),
};

/** Starts somebody who says yes to whatever a hook asks, and hears whatever it tells. */
export async function yesTo(moments: readonly string[]) {
  const receiver = await startHookReceiver();
  const secret = `whsec_${Buffer.from('r'.repeat(32)).toString('base64')}`;
  const options = {
    url: receiver.url,
    secrets: ['env:SECRET'],
    allowAddresses: [],
    timeoutMs: 60_000,
    deadlineMs: 60_000,
  };
  const named = { ops: createWebhook(options, () => secret) };
  return {
    hooks: { byMoment: Object.fromEntries(moments.map((moment) => [moment, ['ops']])), named },
    stop: () => receiver.stop(),
  };
}
