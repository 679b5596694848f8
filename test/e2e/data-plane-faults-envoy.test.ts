import { chmodSync, renameSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { ServicePorts } from '../../src/ports/service.js';
import { runCli } from '../cli/support/surroundings.js';
import { until } from '../contract/support/eventually.js';
import { describeOnEnvoy } from '../helpers/envoy-server.js';
import { envoyPlane, type EnvoyWorldOptions, type EnvoyWorldPlane } from './support/envoy-world.js';
import { describeInstanceFaults } from './support/instance-faults.js';
import { onPlane } from './support/on-plane.js';
import { longPlan, quickPlan, startWorldOn, type WorldOn, type WorldOptions } from './support/world.js';

await describeOnEnvoy('a rollout on two real Envoys with a file each', (executable) => {
  describeInstanceFaults(envoyPlane(executable, { files: 'one each' }));
});

await describeOnEnvoy('a rollout on two real Envoys', (executable) => {
  let world: WorldOn<EnvoyWorldPlane>;
  const { baked, ended, held, alarmed, stuck, entries } = onPlane(() => world);

  const start = async (plane: Partial<EnvoyWorldOptions> = {}, options: WorldOptions = {}): Promise<void> => {
    world = await startWorldOn(envoyPlane(executable, { files: 'shared', ...plane }), options);
  };

  afterEach(() => world.stop());

  describe('that share a file, of which one', () => {
    test('was killed before: the preflight names it, and nothing moves [C-03]', async () => {
      await start();
      await world.plane.halt(1);
      const { id } = await world.deployment.start(longPlan());
      const over = await ended(id);
      expect(over).toMatchObject({ outcome: 'aborted', currentStage: 0 });
      expect(over.reason).toContain(`${world.plane.instances[1] ?? ''} cannot be read`);
      expect(over.reason).not.toContain(world.plane.instances[0]);
      expect([await world.plane.served(0), world.plane.written(0)]).toEqual(['green/0/blue', 'green/0/blue']);
    });

    test('is killed during a stage: no stage goes forward, a rollback moves the other, and it comes back at 0 % [C-03] [C-11]', async () => {
      await start();
      const { id } = await world.deployment.start(longPlan({ onDrift: 'abort' }));
      await baked(id);
      await world.plane.halt(1);
      await world.deployment.promoteToNextStage(id);
      const blocked = await alarmed(id);
      expect(blocked.needsHuman).toContain(world.plane.instances[1]);
      expect(blocked).toMatchObject({ isComplete: false, outcome: null });

      await world.deployment.rollback(id, { reason: 'enough' });
      await until('the other to be moved', async () => (await world.plane.served(0)) === 'green/0/blue');
      expect((await stuck(id)).needsHuman).toContain(world.plane.instances[1]);
      await world.plane.resume(1);
      expect(await world.plane.served(1)).toBe('green/0/blue');
      expect(await ended(id)).toMatchObject({ outcome: 'aborted', needsHuman: null });
    });

    test('lags behind: no stage counts before it follows, nor does a rollback [C-03] [C-11]', async () => {
      await start({ files: 'one lags' });
      const { id } = await world.deployment.start(longPlan({ onDrift: 'abort' }));
      const blocked = await alarmed(id);
      expect(blocked.needsHuman).toContain(`${world.plane.instances[1] ?? ''} does green 0 %`);
      expect(blocked).toMatchObject({ currentStage: 1, stageStartedAt: null, isComplete: false });
      expect(await entries()).toEqual(['green/25000/blue', 'green/0/blue']);
      world.plane.catchUp();
      expect((await baked(id)).needsHuman).toBeNull();

      await world.deployment.rollback(id);
      expect((await stuck(id)).needsHuman).toContain(`${world.plane.instances[1] ?? ''} does green 25 %`);
      expect(await entries()).toEqual(['green/0/blue', 'green/25000/blue']);
      world.plane.catchUp();
      expect(await ended(id)).toMatchObject({ outcome: 'aborted', needsHuman: null });
    });
  });

  describe('a route file', () => {
    test('over which an older one is moved: that is drift, of all who read it, and a resume sets it right [C-13]', async () => {
      await start();
      const before = world.plane.textOf(0);
      const { id } = await world.deployment.start(longPlan());
      await baked(id);
      world.plane.moveOver(0, before);
      const { needsHuman } = await held(id);
      for (const instance of world.plane.instances) expect(needsHuman).toContain(`${instance} does green 0 %`);
      expect(world.plane.textOf(0)).toBe(before);
      await world.deployment.resume(id, { reason: 'a test' });
      await until('the share of the stage to be back', async () =>
        (await entries()).every((one) => one === 'green/25000/blue'),
      );
      await world.deployment.rollback(id);
      await ended(id);
      expect(world.plane.written(0)).toBe('green/0/blue');
    });

    test.each([
      ['YAML', 'yaml', 'resources: ['],
      ['JSON', 'json', '{ "resources": [ }'],
    ] as const)(
      'over which broken %s is moved: a rollback says so until it is mended [C-11]',
      async (_, format, broken) => {
        await start({ format });
        const { id } = await world.deployment.start(longPlan());
        await baked(id);
        const good = world.plane.textOf(0);
        world.plane.moveOver(0, broken);
        await world.deployment.rollback(id);
        const { needsHuman, isComplete } = await stuck(id);
        expect(needsHuman).toMatch(new RegExp(`routes\\.${format} is no RDS file`));
        expect(isComplete).toBe(false);
        // Envoy goes on with what it has, and nobody makes the file worse.
        expect(await entries()).toEqual(['green/25000/blue', 'green/25000/blue']);
        expect(world.plane.textOf(0)).toBe(broken);
        world.plane.moveOver(0, good);
        expect(await ended(id)).toMatchObject({ outcome: 'aborted', needsHuman: null });
        expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
      },
    );

    const awayAt = (folder: string): string => `${folder}.away`;
    const troubles = {
      'is away': {
        begin: (folder: string) => renameSync(folder, awayAt(folder)),
        end: (folder: string) => renameSync(awayAt(folder), folder),
        says: /routes\.yaml cannot be read.*ENOENT/,
        stopsRoot: true,
      },
      'is read-only': {
        begin: (folder: string) => chmodSync(folder, 0o555),
        end: (folder: string) => chmodSync(folder, 0o755),
        says: /routes\.yaml\.lock cannot be written.*EACCES/,
        stopsRoot: false,
      },
    };

    test.for(Object.entries(troubles))(
      'whose folder %s: a rollback says so, and succeeds when it can be written again [C-11]',
      async ([, { begin, end, says, stopsRoot }], { skip }) => {
        await start();
        skip(!stopsRoot && process.getuid?.() === 0, 'root writes everywhere');
        const { id } = await world.deployment.start(longPlan());
        await baked(id);
        const folder = world.plane.folderOf(0);
        begin(folder);
        await world.deployment.rollback(id);
        const { needsHuman, isComplete } = await stuck(id);
        expect(needsHuman).toMatch(says);
        expect(isComplete).toBe(false);
        expect(await entries()).toEqual(['green/25000/blue', 'green/25000/blue']);
        end(folder);
        expect(await ended(id)).toMatchObject({ outcome: 'aborted', needsHuman: null });
        expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
      },
    );

    test('that cannot be changed from the start: the preflight says so, and nothing moves [C-03]', async () => {
      await start();
      world.plane.moveOver(0, 'resources: [');
      const { id } = await world.deployment.start(longPlan());
      const over = await ended(id);
      expect(over).toMatchObject({ outcome: 'aborted', currentStage: 0 });
      expect(over.reason).toMatch(/its route file cannot be changed: .*routes\.yaml is no RDS file/);
      expect(await entries()).toEqual(['green/0/blue', 'green/0/blue']);
    });

    test('that two workers write at once for several services loses none [C-12]', async () => {
      let turns = 0;
      const inTurns = (service: ServicePorts): ServicePorts => ({
        ...service,
        router: routers[turns++ % 2] ?? service.router,
      });
      await start({}, { services: ['checkout', 'cart', 'mail'], tamper: inTurns });
      const routers = [world.plane.router, world.plane.anotherRouter()];
      await world.startWorker();
      const plans = world.services.map((service) => quickPlan({ service, analysis: { checks: [] } }));
      const started = await Promise.all(plans.map((plan) => world.deployment.start(plan)));
      for (const { id } of started) expect(await ended(id)).toMatchObject({ outcome: 'promoted', needsHuman: null });
      for (const service of world.services) {
        expect(world.plane.written(0, service)).toBe('green/100000/blue');
        expect(await entries(service)).toEqual(['green/100000/blue', 'green/100000/blue']);
      }
    });
  });

  test('weights set by break-glass are in the journal, and drift to the rollout under way [C-13]', async () => {
    await start();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    const argv = ['break-glass', 'set-weights', 'checkout', 'blue=100', '-y', '--reason', 'green burns'];
    const { ports, journal } = world;
    const session = { ports: () => Promise.resolve(ports), journal: () => Promise.resolve(journal) };
    expect((await runCli(argv, { session })).code).toBe(0);
    expect(await entries()).toEqual(['blue/100000/green', 'blue/100000/green']);
    expect((await held(id)).needsHuman).toMatch(/someone else changed the weights/);
    const kept = await journal.read({ service: 'checkout' });
    expect(kept.filter(({ kind }) => kind === 'break-glass')).toMatchObject([
      { what: expect.stringContaining('blue 100 %') as string, why: 'green burns' },
    ]);
    await world.deployment.rollback(id);
    expect((await ended(id)).outcome).toBe('aborted');
  });
});
