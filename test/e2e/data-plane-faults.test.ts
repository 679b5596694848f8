import { renameSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { HAPROXY } from '../adapters/haproxy/haproxy-server.js';
import { until } from '../contract/support/eventually.js';
import { describeOn } from '../helpers/real-servers.js';
import { haproxyPlane, type HaproxyWorldPlane } from './support/haproxy-world.js';
import { describeInstanceFaults } from './support/instance-faults.js';
import { onPlane } from './support/on-plane.js';
import { longPlan, quickPlan, startWorldOn, type WorldOn, type WorldOptions } from './support/world.js';

describeOn(HAPROXY, 'a rollout on two real HAProxies', (executable) => {
  describeInstanceFaults(haproxyPlane(executable));
});

describeOn(HAPROXY, 'a rollout on two real HAProxies, of which one fails in a way of its own', (executable) => {
  let world: WorldOn<HaproxyWorldPlane>;
  const { baked, ended, alarmed, entries } = onPlane(() => world);

  const start = async (options: WorldOptions = {}): Promise<void> => {
    world = await startWorldOn(haproxyPlane(executable), options);
  };
  const fileOf = (index: number): string => world.plane.haproxies[index]?.mapFile ?? '';

  afterEach(() => world.stop());

  test('it is lost while a stage is set: one was told and the other not, and the stage does not count until both do it [C-03]', async () => {
    await start();
    const { id } = await world.deployment.start(longPlan({ onDrift: 'abort' }));
    await baked(id);
    world.plane.behave(1, 'deaf');
    await world.deployment.promoteToNextStage(id);
    const blocked = await alarmed(id);
    expect(blocked.needsHuman).toContain(`${world.plane.instances[1] ?? ''} does green 25 %`);
    expect(blocked).toMatchObject({ isComplete: false, stageStartedAt: null });
    expect(await entries()).toEqual(['green/50000/blue', 'green/25000/blue']);
    world.plane.behave(1, 'honest');
    await baked(id, 2);
    expect(await entries()).toEqual(['green/50000/blue', 'green/50000/blue']);
    await world.deployment.rollback(id);
    await ended(id);
  });

  test('it does as it was told but does not say so: what it is seen to do counts [C-03]', async () => {
    await start();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    world.plane.behave(1, 'late');
    await world.deployment.promoteToNextStage(id);
    const { needsHuman } = await baked(id, 2);
    expect(needsHuman).toBeNull();
    expect(await entries()).toEqual(['green/50000/blue', 'green/50000/blue']);
    await world.deployment.rollback(id);
    expect((await ended(id)).outcome).toBe('aborted');
    expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
  });

  test('it says yes and does nothing: what is not read back does not count [C-03]', async () => {
    await start();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    world.plane.behave(0, 'lying');
    await world.deployment.promoteToNextStage(id);
    expect((await alarmed(id)).needsHuman).toMatch(/not read back.*does green 25 %/);
    world.plane.behave(0, 'honest');
    await baked(id, 2);
    expect(await entries()).toEqual(['green/50000/blue', 'green/50000/blue']);
    await world.deployment.rollback(id);
    await ended(id);
  });

  describe('a map file', () => {
    test('that can no longer be written: an abort moves users at once, and is not over before it lasts [C-11]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      renameSync(fileOf(0), `${fileOf(0)}.away`);
      await world.deployment.rollback(id);
      await until('users to be moved', async () => (await world.plane.served(0)) === 'green/0/blue');
      const stuck = await alarmed(id);
      expect(stuck).toMatchObject({ phase: 'rollingBack', isComplete: false });
      expect(stuck.needsHuman).toMatch(/would not last.*share\.map: ENOENT/);
      renameSync(`${fileOf(0)}.away`, fileOf(0));
      expect((await ended(id)).outcome).toBe('aborted');
      expect(world.plane.written(0)).toBe('green/0/blue');
    });

    test('that cannot be written from the start: the preflight says so, and nothing moves [C-03]', async () => {
      await start();
      renameSync(fileOf(0), `${fileOf(0)}.away`);
      const { id } = await world.deployment.start(longPlan());
      const over = await ended(id);
      expect(over).toMatchObject({ outcome: 'aborted', currentStage: 0 });
      expect(over.reason).toMatch(/its map file cannot be written/);
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
    });

    test('that two workers write at once for two services loses neither [C-12]', async () => {
      await start({ services: ['checkout', 'cart'] });
      await world.startWorker();
      const plans = world.services.map((service) => quickPlan({ service, analysis: { checks: [] } }));
      const started = await Promise.all(plans.map((plan) => world.deployment.start(plan)));
      const outcomes = await Promise.all(started.map(async ({ id }) => (await ended(id)).outcome));
      expect(outcomes).toEqual(['promoted', 'promoted']);
      for (const service of world.services) {
        expect([0, 1].map((index) => world.plane.written(index, service))).toEqual(Array(2).fill('green/100000/blue'));
        expect(await entries(service)).toEqual(['green/100000/blue', 'green/100000/blue']);
      }
    });
  });
});
