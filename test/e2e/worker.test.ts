import { afterEach, describe, expect, inject, test } from 'vitest';
import type { ServicePorts } from '../../src/ports/service.js';
import { eventually, until } from '../contract/support/eventually.js';
import { startRelay, type Relay } from '../contract/support/relay.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

let world: World;
let relay: Relay | undefined;

afterEach(async () => {
  relay?.set('open');
  await world.stop();
  await relay?.stop();
  relay = undefined;
});

const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
const ended = (id: string) => world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);

/** What a worker that does not stop in time is given on top, before it is forced. */
const FORCED_AFTER_MS = 5000;

/** By so much a busy machine that stops now and then may be late. A worker that waited for its watch would need minutes. */
const LATE_MS = 15_000;

describe('a worker that is told to stop', () => {
  test(
    'says so, ends within the stated time although it guards a stage, and another one goes on guarding [C-12]',
    { timeout: 240_000 },
    async () => {
      world = await startWorld({ worker: 'none' });
      world.startLoad();
      const shutdownGraceMs = 1500;
      const first = await world.startWorker({ healthPort: 0, shutdownGraceMs });
      const { id } = await world.deployment.start(longPlan());
      const before = await world.status(id, 'the watch to look', ({ checks }) => checks.length > 0);

      const beganAtMs = performance.now();
      const stopping = first.shutdown();
      const url = first.healthUrl ?? '';
      await until('it to say that it is not ready', async () => (await fetch(`${url}/readyz`)).status === 503);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      await stopping;
      expect(performance.now() - beganAtMs).toBeLessThan(shutdownGraceMs + FORCED_AFTER_MS + LATE_MS);

      await world.startWorker();
      const guarded = await world.status(
        id,
        'the watch to go on elsewhere',
        ({ asOf, checks }) => checks.length > 0 && asOf > before.asOf,
      );
      expect(guarded).toMatchObject({
        phase: 'progressing',
        currentStage: 1,
        stageStartedAt: before.stageStartedAt,
        stageEndsAt: before.stageEndsAt,
      });
      world.green.behaviour.errorRate = 0.5;
      expect(await ended(id)).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' } });
      expect(await world.candidateShare()).toBe(0);
    },
  );

  test(
    'while Temporal is away ends all the same, a little after its grace time, and what it guarded goes on [C-12]',
    { timeout: 240_000 },
    async () => {
      const [host = '', port = ''] = inject('temporalAddress').split(':');
      relay = await startRelay({ host, port: Number(port) });
      world = await startWorld({ worker: 'none', temporalAddress: `${relay.host}:${String(relay.port)}` });
      const shutdownGraceMs = 500;
      const worker = await world.startWorker({ shutdownGraceMs, healthPort: 0 });
      const { id } = await world.deployment.start(longPlan());
      await world.status(id, 'the watch to look', ({ checks }) => checks.length > 0);
      relay.set('refusing');
      const beganAtMs = performance.now();
      await worker.shutdown();
      expect(performance.now() - beganAtMs).toBeLessThan(shutdownGraceMs + FORCED_AFTER_MS + LATE_MS);
      await expect(fetch(`${worker.healthUrl ?? ''}/healthz`)).rejects.toThrow();
      relay.set('open');
      await world.deployment.rollback(id);
      await world.startWorker();
      expect(await ended(id)).toMatchObject({ outcome: 'aborted' });
      expect(await world.candidateShare()).toBe(0);
    },
  );

  test('leaves its rollouts to the other worker of two: all end as they should [C-12]', async () => {
    const services = ['checkout', 'one', 'two', 'three', 'four'];
    world = await startWorld({ services, worker: 'none' });
    const [first] = await Promise.all([world.startWorker(), world.startWorker()]);
    const stages = [25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 1500 }));
    const started = await Promise.all(
      services.map((service) =>
        world.deployment.start(quickPlan({ service, name: service, stages, analysis: { checks: [] } })),
      ),
    );
    await Promise.all(started.map(({ id }) => baked(id)));
    await first.shutdown();
    for (const [index, { id }] of started.entries()) {
      const status = await ended(id);
      expect(status.outcome).toBe('promoted');
      expect(status.history.filter(({ what }) => what.startsWith('Stage 2 of 3'))).toHaveLength(1);
      expect(await world.candidateShare(services[index])).toBe(100);
    }
  });
});

describe('while no worker runs', () => {
  test('an emergency stop is taken, wins over an abort and a promotion, and is done as soon as one starts [M-04] [C-12]', async () => {
    world = await startWorld({ worker: 'none' });
    const worker = await world.startWorker();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await worker.shutdown();
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
    await handle.signal('promote');
    await world.deployment.rollback(id, { by: 'Grace', reason: 'slow and careful' });
    await world.deployment.emergencyStop(id, { by: 'Ada', reason: 'fire' });
    expect(await world.candidateShare()).toBe(25);

    await world.startWorker();
    await until('the candidate to have no traffic', async () => (await world.candidateShare()) === 0);
    expect(await ended(id)).toMatchObject({
      outcome: 'aborted',
      currentStage: 1,
      stop: { cause: 'emergencyStop' },
      reason: 'emergency stop by Ada: fire',
    });
  });

  test('an emergency stop needs neither an approval nor a resume nor weights that nobody touched [M-04]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await world.deployment.pause(id);
    const halves = ['green', 'blue'].map((backend) => ({ backend, percent: 50 }));
    await world.setWeights(halves);
    await world.deployment.emergencyStop(id);
    await until('the candidate to have no traffic', async () => (await world.candidateShare()) === 0);
    expect(await ended(id)).toMatchObject({ outcome: 'aborted', stop: { cause: 'emergencyStop' } });
  });
});

describe('a rollback', () => {
  test('cannot be cancelled: neither the workflow nor the worker that runs it ends it halfway [C-11]', async () => {
    world = await startWorld({ worker: 'none' });
    const worker = await world.startWorker();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    world.routerRelay.set('refusing');
    await world.deployment.rollback(id, { reason: 'enough' });
    await world.status(
      id,
      'the undo to be stuck',
      ({ phase, needsHuman }) => phase === 'rollingBack' && needsHuman !== null,
    );
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
    await handle.cancel();
    await worker.shutdown();
    await world.startWorker();
    expect(await world.statusNow(id)).toMatchObject({ phase: 'rollingBack', isComplete: false });
    expect(await world.candidateShare()).toBe(25);

    world.routerRelay.set('open');
    await until('the candidate to have no traffic', async () => (await world.candidateShare()) === 0);
    expect(await ended(id)).toMatchObject({ outcome: 'aborted', reason: 'aborted: enough', needsHuman: null });
    await handle.result();
  });
});

describe('the memory of a watch', () => {
  test('outlives its worker: two probes failed before, the third after, is three in a row [C-05] [C-12]', async () => {
    let asked = 0;
    /** The preflight and the first look find it well; from then on it fails. Every watch that starts probes once. */
    const ailing = (service: ServicePorts): ServicePorts => ({
      ...service,
      probe: {
        probe: (target, endpoint, timeoutMs, signal) => {
          if (target.backend !== 'green' || endpoint !== '/health')
            return service.probe.probe(target, endpoint, timeoutMs, signal);
          asked += 1;
          return Promise.resolve(
            asked === 1
              ? { healthy: true, latencyMs: 1, body: '' }
              : { healthy: false, latencyMs: 1, reason: 'fabricated' },
          );
        },
      },
    });
    world = await startWorld({ worker: 'none', tamper: ailing });
    const { id } = await world.deployment.start(
      longPlan({
        analysis: { checks: [] },
        health: { endpoints: ['/health'], intervalMs: 3_600_000, timeoutMs: 500, successThreshold: 0.01 },
      }),
    );
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
    for (const probes of [2, 3]) {
      const worker = await world.startWorker({ shutdownGraceMs: 100 });
      await until(`${String(probes)} probes`, () => asked === probes);
      await eventually('the heartbeat to tell of them', async () => {
        const { raw } = await handle.describe();
        const watch = raw.pendingActivities?.find(({ activityId }) => activityId?.startsWith('watch-') === true);
        const details = Buffer.from(watch?.heartbeatDetails?.payloads?.[0]?.data ?? []).toString();
        return details.includes(`"results":[${Array.from({ length: probes - 1 }, () => 'false').join(',')}]`)
          ? true
          : undefined;
      });
      expect((await world.statusNow(id)).phase).toBe('progressing');
      await worker.shutdown();
    }
    await world.startWorker({ shutdownGraceMs: 100 });
    const status = await ended(id);
    expect(status).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' } });
    expect(status.reason).toMatch(/green is unhealthy: the last 3 probes failed: .*fabricated/);
    expect(asked).toBe(4);
  });
});
