import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { splitBetween } from '../../src/domain/rollout/weights.js';
import { HAPROXY } from '../adapters/haproxy/haproxy-server.js';
import { until } from '../contract/support/eventually.js';
import { describeOn } from '../helpers/real-servers.js';
import { haproxyPlane, type HaproxyWorldPlane } from './support/haproxy-world.js';
import { longPlan, quickPlan, startWorldOn, type WorldOn, type WorldOptions } from './support/world.js';

const ROLES = { baseline: 'blue', candidate: 'green' };

describeOn(HAPROXY, 'a rollout on two real HAProxies', (executable) => {
  let world: WorldOn<HaproxyWorldPlane>;

  afterEach(() => world.stop());

  const start = async (options: WorldOptions = {}): Promise<void> => {
    world = await startWorldOn(haproxyPlane(executable), options);
  };
  const baked = (id: string, stage = 1) =>
    world.status(
      id,
      `stage ${String(stage)} to bake`,
      ({ currentStage, stageStartedAt, phase }) =>
        currentStage === stage && stageStartedAt !== null && phase !== 'waiting',
    );
  const ended = (id: string, deadlineMs?: number) =>
    world.status(id, 'the rollout to end', ({ isComplete }) => isComplete, deadlineMs);
  /** The entry of the running process, asked past everything. */
  const entryOf = async (index: number, service = 'checkout'): Promise<string | undefined> =>
    /value="([^"]*)"/.exec((await world.plane.haproxies[index]?.ask(`get map share.map ${service}`)) ?? '')?.[1];
  const entries = (): Promise<(string | undefined)[]> => Promise.all([entryOf(0), entryOf(1)]);
  const fileOf = (index: number): string => world.plane.haproxies[index]?.mapFile ?? '';
  const written = (index: number): string => readFileSync(fileOf(index), 'utf8');
  const setByHand = (index: number, entry: string) =>
    world.plane.haproxies[index]?.ask(`set map share.map checkout ${entry}`);

  describe('goes to its end', () => {
    test('and every instance and its file say so [C-03]', async () => {
      await start();
      const load = world.startLoad();
      const { id } = await world.deployment.start(quickPlan());
      expect((await ended(id, 80_000)).outcome).toBe('promoted');
      await load.stop();
      expect(await entries()).toEqual(['green/100000/blue', 'green/100000/blue']);
      expect([written(0), written(1)]).toEqual(Array(2).fill('checkout green/100000/blue\n'));
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
      const blocked = await world.status(id, 'people to be told', ({ needsHuman }) => needsHuman !== null);
      expect(blocked.needsHuman).toContain(world.plane.instances[1]);
      expect(blocked.needsHuman).not.toContain(world.plane.instances[0]);
      expect(blocked).toMatchObject({ isComplete: false, outcome: null });
      expect(await entries()).toEqual(['green/25000/blue', 'green/25000/blue']);

      await world.deployment.rollback(id, { reason: 'enough' });
      await until('the reachable one to be moved', async () => (await entryOf(0)) === 'green/0/blue');
      const stuck = await world.status(
        id,
        'the rollback to say what it stands at',
        ({ phase, needsHuman }) => phase === 'rollingBack' && needsHuman !== null,
      );
      expect(stuck.needsHuman).toContain(world.plane.instances[1]);
      expect(stuck.isComplete).toBe(false);
      world.plane.relays[1]?.set('open');
      expect(await ended(id)).toMatchObject({ outcome: 'aborted', needsHuman: null });
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
    });

    test('is lost while a stage is set: one was told and the other not, and the stage does not count until both do it [C-03]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan({ onDrift: 'abort' }));
      await baked(id);
      world.plane.behave(1, 'deaf');
      await world.deployment.promoteToNextStage(id);
      const blocked = await world.status(id, 'people to be told', ({ needsHuman }) => needsHuman !== null);
      expect(blocked.needsHuman).toContain(`${world.plane.instances[1] ?? ''} does green 25 %`);
      expect(blocked).toMatchObject({ isComplete: false, stageStartedAt: null });
      expect(await entries()).toEqual(['green/50000/blue', 'green/25000/blue']);
      world.plane.behave(1, 'honest');
      await baked(id, 2);
      expect(await entries()).toEqual(['green/50000/blue', 'green/50000/blue']);
      await world.deployment.rollback(id);
      await ended(id);
    });

    test('does as it was told but does not say so: what it is seen to do counts [C-03]', async () => {
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

    test('was changed by hand: that is drift, the instance is named, and nobody is fought [C-13]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      await setByHand(1, 'green/60000/blue');
      const held = await world.status(id, 'the drift to be found', ({ phase }) => phase === 'held');
      expect(held.needsHuman).toContain(`${world.plane.instances[1] ?? ''} does green 60 %, blue 40 %`);
      expect(await entries()).toEqual(['green/25000/blue', 'green/60000/blue']);
      await world.deployment.resume(id, { reason: 'a test' });
      await until('both to do the same again', async () => (await entryOf(1)) === 'green/25000/blue');
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
      await setByHand(0, 'green/60000/blue');
      await world.deployment.promoteToNextStage(id);
      const held = await world.status(id, 'the drift to be found', ({ phase }) => phase === 'held');
      expect(held.needsHuman).toContain(world.plane.instances[0]);
      expect(await entries()).toEqual(['green/60000/blue', 'green/25000/blue']);
    });
  });

  describe('an instance that was started again', () => {
    test('with its own file goes on with the share of the stage: nothing is noticed [C-12]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      await world.plane.haproxies[1]?.restart();
      expect(await entries()).toEqual(['green/25000/blue', 'green/25000/blue']);
      await world.deployment.promoteToNextStage(id);
      const { phase } = await baked(id, 2);
      expect(phase).toBe('progressing');
      await world.deployment.rollback(id);
      await ended(id);
    });

    test.each([
      ['held', 'hold'],
      ['aborted', 'abort'],
    ] as const)('with an old file is drift, and the rollout is %s [C-13]', async (_, onDrift) => {
      await start();
      const before = written(1);
      const { id } = await world.deployment.start(longPlan({ onDrift }));
      await baked(id);
      writeFileSync(fileOf(1), before);
      await world.plane.haproxies[1]?.restart();
      if (onDrift === 'hold') {
        const held = await world.status(id, 'the drift to be found', ({ phase }) => phase === 'held');
        expect(held.needsHuman).toContain(`${world.plane.instances[1] ?? ''} does green 0 %, blue 100 %`);
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
      const atTheStage = written(1);
      await world.plane.haproxies[1]?.halt();
      await world.deployment.rollback(id, { reason: 'bad feeling' });
      await world.status(
        id,
        'the rollback to say what it stands at',
        ({ phase, needsHuman }) => phase === 'rollingBack' && needsHuman !== null,
      );
      expect(await entryOf(0)).toBe('green/0/blue');
      writeFileSync(fileOf(1), atTheStage);
      await world.plane.haproxies[1]?.resume();
      expect(await ended(id)).toMatchObject({ outcome: 'aborted', needsHuman: null });
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
      expect(written(1)).toBe('checkout green/0/blue\n');
    });

    test('after a rollback begins with the baseline; with an old file the next rollout refuses to build on it [C-10]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      const atTheStage = written(1);
      await world.deployment.rollback(id);
      await ended(id);
      await world.plane.haproxies[1]?.restart();
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);

      writeFileSync(fileOf(1), atTheStage);
      await world.plane.haproxies[1]?.restart();
      const refused = await world.deployment.start(longPlan());
      const over = await ended(refused.id);
      expect(over).toMatchObject({ outcome: 'aborted', currentStage: 0 });
      expect(over.reason).toContain('green 25 %');
    });
  });

  describe('a map file', () => {
    test('that can no longer be written: an abort moves users at once, and is not over before it lasts [C-11]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      renameSync(fileOf(0), `${fileOf(0)}.away`);
      await world.deployment.rollback(id);
      await until('users to be moved', async () => (await entryOf(0)) === 'green/0/blue');
      const stuck = await world.status(id, 'people to be told', ({ needsHuman }) => needsHuman !== null);
      expect(stuck).toMatchObject({ phase: 'rollingBack', isComplete: false });
      expect(stuck.needsHuman).toMatch(/would not last.*share\.map: ENOENT/);
      renameSync(`${fileOf(0)}.away`, fileOf(0));
      expect((await ended(id)).outcome).toBe('aborted');
      expect(written(0)).toBe('checkout green/0/blue\n');
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
      const outcomes = await Promise.all(started.map(async ({ id }) => (await ended(id, 80_000)).outcome));
      expect(outcomes).toEqual(['promoted', 'promoted']);
      for (const index of [0, 1]) {
        expect(written(index)).toBe('checkout green/100000/blue\ncart green/100000/blue\n');
        expect(await entryOf(index, 'cart')).toBe('green/100000/blue');
      }
    });
  });

  test('an instance that says yes and does nothing: what is not read back does not count [C-03]', async () => {
    await start();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    world.plane.behave(0, 'lying');
    await world.deployment.promoteToNextStage(id);
    const blocked = await world.status(id, 'people to be told', ({ needsHuman }) => needsHuman !== null);
    expect(blocked.needsHuman).toMatch(/not read back.*does green 25 %/);
    world.plane.behave(0, 'honest');
    await baked(id, 2);
    expect(await entries()).toEqual(['green/50000/blue', 'green/50000/blue']);
    await world.deployment.rollback(id);
    await ended(id);
  });

  test('weights set past everything, for all instances, are drift to the rollout under way [C-13]', async () => {
    await start();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await world.setWeights(splitBetween(ROLES, 0));
    const held = await world.status(id, 'the drift to be found', ({ phase }) => phase === 'held');
    expect(held.needsHuman).toMatch(/someone else changed the weights/);
    await world.deployment.rollback(id);
    expect((await ended(id)).outcome).toBe('aborted');
  });
});
