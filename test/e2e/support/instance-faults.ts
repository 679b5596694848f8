import { afterEach, describe, expect, test } from 'vitest';
import { splitBetween } from '../../../src/domain/traffic/weights.js';
import { until } from '../../contract/support/eventually.js';
import type { FaultyPlane } from './faulty-plane.js';
import { onPlane } from './on-plane.js';
import { longPlan, quickPlan, startWorldOn, type PlaneSetup, type WorldOn, type WorldOptions } from './world.js';

const ROLES = { baseline: 'blue', candidate: 'green' };

/** What must hold on every kind of data plane, of two instances that have a file each. */
export function describeInstanceFaults(startPlane: (setup: PlaneSetup) => Promise<FaultyPlane>): void {
  let world: WorldOn<FaultyPlane>;
  const { baked, ended, held, alarmed, stuck, entries } = onPlane(() => world);

  const start = async (options: WorldOptions = {}): Promise<void> => {
    world = await startWorldOn(startPlane, options);
  };

  afterEach(() => world.stop());

  describe('goes to its end', () => {
    test('and every instance and its file say so [C-03]', async () => {
      await start();
      const load = world.startLoad();
      const { id } = await world.deployment.start(quickPlan());
      expect((await ended(id)).outcome).toBe('promoted');
      await load.stop();
      expect(await entries()).toEqual(['green/100000/blue', 'green/100000/blue']);
      expect([0, 1].map((index) => world.plane.written(index))).toEqual(['green/100000/blue', 'green/100000/blue']);
      // Nobody was lost on the way.
      expect([...load.counts.keys()].sort()).toEqual(['v1 200', 'v2 200']);
    });
  });

  describe('one instance of two', () => {
    test('cannot be reached before a stage: nothing goes forward, it is named, and an abort moves the other at once [C-03]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      world.plane.relays[1]?.set('refusing');
      await world.deployment.promoteToNextStage(id);
      const blocked = await alarmed(id);
      expect(blocked.needsHuman).toContain(world.plane.instances[1]);
      expect(blocked.needsHuman).not.toContain(world.plane.instances[0]);
      expect(blocked).toMatchObject({ isComplete: false, outcome: null });
      expect(await entries()).toEqual(['green/25000/blue', 'green/25000/blue']);

      await world.deployment.rollback(id, { reason: 'enough' });
      await until('the reachable one to be moved', async () => (await world.plane.served(0)) === 'green/0/blue');
      const { needsHuman, isComplete } = await stuck(id);
      expect(needsHuman).toContain(world.plane.instances[1]);
      expect(isComplete).toBe(false);
      world.plane.relays[1]?.set('open');
      expect(await ended(id)).toMatchObject({ outcome: 'aborted', needsHuman: null });
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
    });

    test('was changed by hand: that is drift, the instance is named, and nobody is fought [C-13]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      await world.plane.setByHand(1, 'green/60000/blue');
      expect((await held(id)).needsHuman).toContain(`${world.plane.instances[1] ?? ''} does green 60 %, blue 40 %`);
      expect(await entries()).toEqual(['green/25000/blue', 'green/60000/blue']);
      await world.deployment.resume(id, { reason: 'a test' });
      await until('both to do the same again', async () => (await world.plane.served(1)) === 'green/25000/blue');
      await world.deployment.rollback(id);
      await ended(id);
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
    });

    test('was changed by hand just before the next stage: it is found before anything is set [C-13]', async () => {
      await start();
      const plan = longPlan({ monitoringIntervalMs: 600_000, analysis: { checks: [] } });
      const { id } = await world.deployment.start(plan);
      await baked(id);
      await world.status(id, 'the watch to have looked', ({ observed }) => observed !== null);
      await world.plane.setByHand(0, 'green/60000/blue');
      await world.deployment.promoteToNextStage(id);
      expect((await held(id)).needsHuman).toContain(world.plane.instances[0]);
      expect(await entries()).toEqual(['green/60000/blue', 'green/25000/blue']);
    });
  });

  describe('an instance that was started again', () => {
    const startAgain = async (index: number, putBack = (): void => undefined): Promise<void> => {
      await world.plane.halt(index);
      putBack();
      await world.plane.resume(index);
    };

    test('with its own file goes on with the share of the stage: nothing is noticed [C-12]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      await startAgain(1);
      expect(await entries()).toEqual(['green/25000/blue', 'green/25000/blue']);
      await world.deployment.promoteToNextStage(id);
      expect((await baked(id, 2)).phase).toBe('progressing');
      await world.deployment.rollback(id);
      await ended(id);
    });

    test.each([
      ['held', 'hold'],
      ['aborted', 'abort'],
    ] as const)('with an old file is drift, and the rollout is %s [C-13]', async (_, onDrift) => {
      await start();
      const putBack = world.plane.keepFile(1);
      const { id } = await world.deployment.start(longPlan({ onDrift }));
      await baked(id);
      await startAgain(1, putBack);
      if (onDrift === 'hold') {
        expect((await held(id)).needsHuman).toContain(`${world.plane.instances[1] ?? ''} does green 0 %, blue 100 %`);
        expect(await entries()).toEqual(['green/25000/blue', 'green/0/blue']);
        await world.deployment.rollback(id);
      }
      expect((await ended(id)).outcome).toBe('aborted');
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
    });

    test('in the middle of a rollback with the old weights: the undo sets it right [C-11]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      const putBack = world.plane.keepFile(1);
      await world.plane.halt(1);
      await world.deployment.rollback(id, { reason: 'bad feeling' });
      expect((await stuck(id)).needsHuman).toContain(world.plane.instances[1]);
      expect(await world.plane.served(0)).toBe('green/0/blue');
      putBack();
      await world.plane.resume(1);
      expect(await ended(id)).toMatchObject({ outcome: 'aborted', needsHuman: null });
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
      expect(world.plane.written(1)).toBe('green/0/blue');
    });

    test('after a rollback begins with the baseline; with an old file the next rollout refuses to build on it [C-10]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      const putBack = world.plane.keepFile(1);
      await world.deployment.rollback(id);
      await ended(id);
      await startAgain(1);
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);

      await startAgain(1, putBack);
      await world.closed('checkout');
      const refused = await world.deployment.start(longPlan());
      const over = await ended(refused.id);
      expect(over).toMatchObject({ outcome: 'aborted', currentStage: 0 });
      expect(over.reason).toContain('green 25 %');
    });
  });

  test('weights set past everything, for all instances, are drift to the rollout under way [C-13]', async () => {
    await start();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await world.setWeights(splitBetween(ROLES, 0));
    expect((await held(id)).needsHuman).toMatch(/someone else changed the weights/);
    await world.deployment.rollback(id);
    expect((await ended(id)).outcome).toBe('aborted');
  });
}
