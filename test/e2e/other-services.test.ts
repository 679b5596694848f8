import { afterEach, describe, expect, test } from 'vitest';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import { describePollers } from '../../src/client/pollers.js';
import { until } from '../contract/support/eventually.js';
import { buildCommandLine, commandLineFor } from './support/command-line.js';
import { quickPlan, startWorld, type World } from './support/world.js';

let world: World;
afterEach(() => world.stop());

const TIMEOUT = { timeout: 240_000 };

const planOf = (service: string, change: Partial<CanaryPlan> = {}): CanaryPlan =>
  quickPlan({ service, name: service, analysis: { checks: [] }, ...change });

const SHORT = [{ trafficPercent: 100, durationMs: 200 }];
const LONG = [
  { trafficPercent: 25, durationMs: 600_000 },
  { trafficPercent: 100, durationMs: 600_000 },
];

describe('three workers of four that do not know a service', () => {
  test('leave its tasks to the one that does: ten starts in a row are promoted [W34]', TIMEOUT, async () => {
    const services = Array.from({ length: 10 }, (_, index) => `shop-${String(index)}`);
    world = await startWorld({ services, worker: 'none' });
    for (const knowing of [['other'], ['another'], ['other', 'third']]) await world.startWorker({}, knowing);
    await world.startWorker();
    for (const service of services) {
      const { id } = await world.deployment.start(planOf(service, { stages: SHORT }));
      const status = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
      expect(status.outcome, status.reason).toBe('promoted');
      const needs = status.history.filter(({ what }) => /could not|needs/.test(what));
      expect(needs).toEqual([]);
      expect(await world.candidateShare(service)).toBe(100);
    }
  });

  test('leave it the guarding, the judging and the undoing as well [W34]', TIMEOUT, async () => {
    world = await startWorld({ services: ['shop'], worker: 'none' });
    for (const knowing of [['other'], ['another'], ['third']]) await world.startWorker({}, knowing);
    await world.startWorker();
    world.startLoad();
    const { id } = await world.deployment.start(
      planOf('shop', {
        analysis: quickPlan().analysis,
        stages: LONG.map((stage, index) => (index === 0 ? { ...stage, durationMs: 2000 } : stage)),
      }),
    );
    await world.status(
      id,
      'the second stage',
      ({ currentStage, stageStartedAt }) => currentStage === 2 && stageStartedAt !== null,
    );
    world.green.behaviour.errorRate = 0.5;
    const status = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' } });
    expect(await world.candidateShare('shop')).toBe(0);
  });

  test('write nothing into a record of their own [W34]', TIMEOUT, async () => {
    world = await startWorld({ services: ['shop'], worker: 'none' });
    await world.startWorker({}, ['other']);
    await world.startWorker();
    const { id } = await world.deployment.start(planOf('shop', { stages: SHORT }));
    await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
    await world.closed('shop');
    const { events } = await world.client.workflow.getHandle(`${world.taskQueue}/rollout/shop`).fetchHistory();
    const workers = (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: done }) => done?.identity ?? []);
    expect(workers.length).toBeGreaterThan(2);
    for (const identity of workers) expect(identity).toMatch(/ knows shop$/);
  });
});

test(
  'a service that a rolling restart adds can be started as soon as the first worker knows it [W34]',
  TIMEOUT,
  async () => {
    world = await startWorld({ services: ['old', 'new'], worker: 'none' });
    const before = [await world.startWorker({}, ['old']), await world.startWorker({}, ['old'])];
    const refused = await world.deployment.start(planOf('new', { stages: SHORT }));
    const status = await world.status(refused.id, 'the refusal', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ outcome: 'aborted', stop: { cause: 'preflight' } });
    expect(status.reason).toMatch(/service: No service is named "new"; expected one of old/);
    await world.closed('new');

    await world.startWorker();
    await until('Temporal to know the new worker', async () => {
      const queues = await describePollers(world.client, world.taskQueue);
      return queues.some(({ identities }) => identities.some((identity) => identity.includes('new')));
    });
    const { id } = await world.deployment.start(planOf('new', { stages: LONG }));
    await world.status(id, 'the first stage', ({ stageStartedAt }) => stageStartedAt !== null);
    for (const worker of before) {
      await worker.shutdown();
      await world.startWorker();
    }
    await world.statusNow(id);
    await world.deployment.promoteToNextStage(id);
    await until('everybody to be on the candidate', async () => (await world.candidateShare('new')) === 100);
    await world.deployment.rollback(id);
    expect(await world.status(id, 'the end', ({ isComplete }) => isComplete)).toMatchObject({ outcome: 'aborted' });
  },
);

describe('doctor', () => {
  test('compares what the workers know with this headgate.yaml [W34]', TIMEOUT, async () => {
    await buildCommandLine();
    world = await startWorld({ services: ['shop', 'search'], worker: 'none' });
    const headgate = await commandLineFor(world);
    try {
      const first = await world.startWorker();
      const alone = await headgate.run('doctor');
      expect(alone.stdout).toMatch(/✔ services of \d+@\S+: it knows search, shop\n/);
      expect(alone.code, alone.stdout).toBe(0);

      await world.startWorker({}, ['search', 'else']);
      const { code, stdout } = await headgate.run('doctor');
      expect(code).toBe(6);
      expect(stdout).toMatch(/✔ services of \d+@\S+: it knows search, shop\n/);
      expect(stdout).toMatch(/✖ services of \d+@\S+: it does not know shop: it knows else, search\n {4}Restart it/);
      await first.shutdown();
    } finally {
      await headgate.remove();
    }
  });
});

test(
  'a watch keeps its memory when its worker ends and others come by that do not know the service [W34]',
  TIMEOUT,
  async () => {
    world = await startWorld({ services: ['shop'], worker: 'none' });
    const first = await world.startWorker({ shutdownGraceMs: 100 });
    const { id } = await world.deployment.start(planOf('shop', { stages: LONG }));
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/shop`);
    const watch = async () => {
      const { raw } = await handle.describe();
      return raw.pendingActivities?.find(({ activityId }) => activityId?.startsWith('watch-') === true);
    };
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    await until('the watch has something to remember', async () => (await watch())?.heartbeatDetails != null);
    for (const knowing of [['other'], ['another']]) await world.startWorker({}, knowing);
    await first.shutdown();
    await until('others have come by', async () => Number((await watch())?.attempt) > 2, 60_000);
    expect(await watch()).toMatchObject({ activityId: 'watch-1-1' });
    await world.startWorker();
    await until('it is guarded again', async () => Number((await watch())?.state) === 2, 60_000);
    const guarded = await watch();
    expect(guarded?.activityId).toBe('watch-1-1');
    expect(guarded?.heartbeatDetails).not.toBeNull();
  },
);
