import { afterEach, describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import type { TrafficRouter } from '../../src/ports/traffic-router.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { watchQueueOf } from '../../src/workflows/messages.js';
import { eventually, until } from '../contract/support/eventually.js';
import { untilMoment } from '../helpers/until.js';
import { startWatchesOnly } from './support/watches-only.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

let world: World;

afterEach(() => world.stop());

const baked = (id: string) =>
  world.status(id, 'the stage to bake', ({ stageStartedAt, phase }) => stageStartedAt !== null && phase !== 'waiting');
const ended = (id: string) => world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
const noTraffic = () => until('the candidate to have no traffic', async () => (await world.candidateShare()) === 0);

describe('the router', () => {
  test('is away during a rollback: people are told, the undo goes on until it succeeds [C-11]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    world.routerRelay.set('refusing');
    await world.deployment.rollback(id, { reason: 'bad feeling' });
    const stuck = await world.status(id, 'a person to be called', ({ needsHuman }) => needsHuman !== null);
    expect(stuck).toMatchObject({ phase: 'rollingBack', isComplete: false });
    expect(stuck.needsHuman).toMatch(/could not set .*; retrying/);
    world.routerRelay.set('open');
    await noTraffic();
    expect(await ended(id)).toMatchObject({ outcome: 'aborted', needsHuman: null });
  });

  test('is away before a stage: nothing goes forward, and an abort still works [C-03]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    world.routerRelay.set('refusing');
    await world.deployment.promoteToNextStage(id);
    const blocked = await world.status(
      id,
      'the rollout to say what blocks it',
      ({ needsHuman }) => needsHuman !== null,
    );
    expect(blocked).toMatchObject({ isComplete: false });
    expect(await world.candidateShare()).toBe(25);
    world.routerRelay.set('open');
    await world.deployment.rollback(id);
    await noTraffic();
    expect((await ended(id)).outcome).toBe('aborted');
  });

  test('refuses a share, and another one is wanted meanwhile: the newest is set, and nobody is accused [C-09] [C-13]', async () => {
    let refuses = false;
    const refusing: TrafficRouter['setWeights'] = () =>
      Promise.reject(new AdapterUnavailableError('router', 'not now'));
    world = await startWorld({
      tamper: (service) => (refuses ? { ...service, router: { ...service.router, setWeights: refusing } } : service),
    });
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await world.deployment.pause(id);
    refuses = true;
    await world.deployment.resume(id, { modifiedConfig: { traffic: 0.4 } });
    await world.status(id, 'people to be told', ({ needsHuman }) => /could not set .*40 %/.test(needsHuman ?? ''));
    await world.deployment.pause(id);
    await world.deployment.resume(id, { modifiedConfig: { traffic: 0.1 } });
    refuses = false;
    const last = await world.status(
      id,
      'the newest share, or a hold',
      ({ stageEndsAt, observed, phase }) =>
        phase === 'held' || (stageEndsAt !== null && observed?.some(({ percent }) => percent === 10) === true),
    );
    expect(last).toMatchObject({ phase: 'progressing', trafficPercentage: 10, needsHuman: null });
    expect(await world.candidateShare()).toBe(10);
  });

  test('does what it is told but answers too late: the same weights are set again, nothing is done twice [C-03]', async () => {
    let lateAnswers = 2;
    const answersLate = (router: TrafficRouter): TrafficRouter => ({
      ...router,
      async setWeights(route, weights, limits) {
        await router.setWeights(route, weights, limits);
        lateAnswers -= 1;
        if (lateAnswers >= 0) throw new AdapterUnavailableError('router', 'timed out');
      },
      readWeights: (route) =>
        lateAnswers === 1
          ? Promise.reject(new AdapterUnavailableError('router', 'timed out'))
          : router.readWeights(route),
    });
    let armed = false;
    world = await startWorld({
      tamper: (service: ServicePorts) => (armed ? { ...service, router: answersLate(service.router) } : service),
    });
    world.startLoad();
    const { id } = await world.deployment.start(quickPlan());
    await baked(id);
    armed = true;
    expect((await ended(id)).outcome).toBe('promoted');
    expect(await world.candidateShare()).toBe(100);
  });

  test('lies about success: what is not read back does not count, and people are told [C-03]', async () => {
    let lies = false;
    world = await startWorld({
      tamper: (service) =>
        lies ? { ...service, router: { ...service.router, setWeights: () => Promise.resolve() } } : service,
    });
    world.startLoad();
    const stages = [600_000, 1500, 1500].map((durationMs, index) => ({
      trafficPercent: [25, 50, 100][index] ?? 0,
      durationMs,
    }));
    const { id } = await world.deployment.start(quickPlan({ stages }));
    await baked(id);
    lies = true;
    await world.deployment.promoteToNextStage(id);
    const blocked = await world.status(id, 'people to be told', ({ needsHuman }) => needsHuman !== null);
    expect(blocked.needsHuman).toMatch(/not read back/);
    expect(blocked.trafficPercentage).toBe(50);
    lies = false;
    expect((await ended(id)).outcome).toBe('promoted');
  });
});

describe('the metrics', () => {
  test('are away: the weights are held, the rollout is not aborted, and goes on when they are back [C-14]', async () => {
    world = await startWorld();
    world.startLoad();
    const { id } = await world.deployment.start(
      quickPlan({
        stages: [
          { trafficPercent: 25, durationMs: 5000 },
          { trafficPercent: 100, durationMs: 1500 },
        ],
      }),
    );
    await baked(id);
    world.metricsRelay.set('refusing');
    const held = await world.status(id, 'the stage to be held', ({ phase }) => phase === 'held');
    expect(held.reason).toMatch(/metrics/);
    expect(held.trafficPercentage).toBe(25);
    expect(await world.candidateShare()).toBe(25);
    world.metricsRelay.set('open');
    expect((await ended(id)).outcome).toBe('promoted');
  });
});

describe('trouble that both versions share', () => {
  const trouble = (of: { blue: number; green: number }): void => {
    world.blue.behaviour.errorRate = of.blue;
    world.green.behaviour.errorRate = of.green;
  };
  async function held(): Promise<string> {
    world = await startWorld();
    world.startLoad();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    trouble({ blue: 0.4, green: 0.4 });
    const { needsHuman } = await world.status(id, 'the stage to be held', ({ phase }) => phase === 'held');
    expect(needsHuman).toMatch(/the baseline breaches it as well/);
    return id;
  }
  const lastSecondOf = async (backend: string): Promise<{ readonly requests: number; readonly errors: number }> => {
    const at = { service: 'checkout', backend, target: backend, stepMs: 1000 };
    const [sample] = await world.plane.metrics.samples({ ...at, fromMs: Date.now() - 1000, toMs: Date.now() });
    return typeof sample === 'object' ? sample : { requests: 0, errors: 0 };
  };
  /** What was counted before must not fall into the first interval after a resume. */
  const areWell = (...backends: readonly string[]) =>
    until(`${backends.join(' and ')} to be well for a second`, async () => {
      const counts = await Promise.all(backends.map(lastSecondOf));
      return counts.every(({ requests, errors }) => requests > 0 && errors === 0);
    });
  const goesOn = (id: string) =>
    world.status(
      id,
      'the stage to be watched on',
      ({ stageEndsAt, checks }) => stageEndsAt !== null && checks[0]?.value === 0 && checks[0].candidateRequests > 100,
    );

  test('is over for the old one only when a person resumes: the new one goes back [C-05]', async () => {
    const id = await held();
    trouble({ blue: 0, green: 0.4 });
    await areWell('blue');
    await world.deployment.resume(id, { reason: 'the database is back' });
    expect(await ended(id)).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' } });
    expect(await world.candidateShare()).toBe(0);
  });

  test('is over when a person resumes: the stage goes on, and they are called when it comes back [C-05]', async () => {
    const id = await held();
    trouble({ blue: 0, green: 0 });
    await areWell('blue', 'green');
    await world.deployment.resume(id);
    expect(await goesOn(id)).toMatchObject({ phase: 'progressing', currentStage: 1, needsHuman: null });
    // The old one first: a moment in which only the new one fails is a breach of its own.
    trouble({ blue: 0.4, green: 0 });
    await until('the old version to fail', async () => (await lastSecondOf('blue')).errors > 10);
    trouble({ blue: 0.4, green: 0.4 });
    const again = await world.status(id, 'the stage to be held again', ({ phase }) => phase === 'held');
    expect(again.needsHuman).toMatch(/the baseline breaches it as well/);
  });

  test('is over when a person promotes: the next stage is not held for it [C-05] [C-08]', async () => {
    const id = await held();
    trouble({ blue: 0, green: 0 });
    await areWell('blue', 'green');
    await world.deployment.promoteToNextStage(id, { by: 'ada', ifStage: 1 });
    const next = await goesOn(id);
    expect(next).toMatchObject({ phase: 'progressing', currentStage: 2, needsHuman: null });
    expect(next.stages[0]?.conclusion).toMatch(/^ada went on although: errorRate .*baseline breaches it as well/);
  });
});

describe('somebody else', () => {
  const strange = [
    { backend: 'green', percent: 60 },
    { backend: 'blue', percent: 40 },
  ];

  test('changes the weights while a stage is watched: it holds, fights nobody, and goes on when told to [C-13]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await world.setWeights(strange);
    const held = await world.status(id, 'the drift to be found', ({ phase }) => phase === 'held');
    expect(held.needsHuman).toMatch(/someone else changed the weights.*green 60 %/);
    expect(await world.candidateShare()).toBe(60);
    await world.deployment.resume(id, { reason: 'that was me' });
    await until('the weights to be set again', async () => (await world.candidateShare()) === 25);
    await world.deployment.rollback(id);
    await noTraffic();
  });

  test('changes the weights, and the plan says to undo [C-13]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan({ onDrift: 'abort' }));
    await baked(id);
    await world.setWeights(strange);
    expect(await ended(id)).toMatchObject({ outcome: 'aborted' });
    expect(await world.candidateShare()).toBe(0);
  });

  test('changes the weights just before the next stage: it is found before anything is set [C-13]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan({ monitoringIntervalMs: 600_000, analysis: { checks: [] } }));
    await baked(id);
    await world.status(id, 'the watch to have looked', ({ observed }) => observed !== null);
    await world.setWeights(strange);
    await world.deployment.promoteToNextStage(id);
    const held = await world.status(id, 'the drift to be found', ({ phase }) => phase === 'held');
    expect([held.currentStage, await world.candidateShare()]).toEqual([2, 60]);
  });

  test('changes the weights just before another share: what the stage has shown until then counts once [C-09] [C-13]', async () => {
    world = await startWorld();
    world.startLoad();
    world.green.behaviour.errorRate = 0.05;
    const { id } = await world.deployment.start(
      longPlan({
        monitoringIntervalMs: 600_000,
        analysis: { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.04 }] },
      }),
    );
    await baked(id);
    await world.status(id, 'failures to be seen', ({ checks }) => (checks[0]?.value ?? 0) > 0);
    await world.deployment.pause(id);
    await world.setWeights(strange);
    await world.deployment.resume(id, { modifiedConfig: { traffic: 0.4 } });
    await world.status(id, 'the drift to be found', ({ phase }) => phase === 'held');
    await world.deployment.resume(id);
    await until('the weights to be set', async () => (await world.candidateShare()) === 40);
    const readings = (await world.observations.read(id)).filter(
      (line) => line.kind === 'reading' && line.by === 'judge' && line.base === undefined,
    );
    expect(readings).toHaveLength(2);
    const [before, after] = readings.map((line) => JSON.stringify('carried' in line ? line.carried : 'nothing'));
    expect(after).toBe(before);
  });
});

describe('an abort', () => {
  test('while paused moves at once [C-08]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await world.deployment.pause(id, { reason: 'lunch' });
    expect((await world.statusNow(id)).phase).toBe('paused');
    await world.deployment.rollback(id);
    await noTraffic();
    expect((await ended(id)).outcome).toBe('aborted');
  });

  test('while approval is awaited moves at once [C-08]', async () => {
    world = await startWorld();
    world.startLoad();
    const { id } = await world.deployment.start(quickPlan({ autoProgression: false }));
    await world.status(id, 'approval to be asked for', ({ phase }) => phase === 'awaitingApproval');
    await world.deployment.rollback(id);
    await noTraffic();
    expect((await ended(id)).outcome).toBe('aborted');
  });

  test('during a rollback changes nothing: the first cause stays the outcome [C-08]', async () => {
    world = await startWorld();
    world.startLoad();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    world.routerRelay.set('refusing');
    world.green.behaviour.errorRate = 0.5;
    await world.status(id, 'the rollback to begin', ({ phase }) => phase === 'rollingBack');
    await world.deployment.rollback(id, { reason: 'me too' });
    world.routerRelay.set('open');
    await noTraffic();
    expect((await ended(id)).outcome).toBe('rolledBack');
  });

  test('in the instant of the stage timer is never overtaken by the next stage [C-08]', async () => {
    const FIRST_STAGE_MS = 1200;
    const startOf = ({ stages }: Pick<RolloutStatus, 'stages'>) => stages[0]?.startedAt ?? null;
    const services = ['checkout', 'one', 'two', 'three', 'four', 'five'];
    world = await startWorld({ services });
    const plans = services.map((service) =>
      quickPlan({
        service,
        analysis: { checks: [] },
        stages: [
          { trafficPercent: 25, durationMs: FIRST_STAGE_MS },
          { trafficPercent: 100, durationMs: 600_000 },
        ],
      }),
    );
    const started = await Promise.all(plans.map((plan) => world.deployment.start(plan)));
    await Promise.all(
      started.map(async ({ id }, index) => {
        // It may have left the stage by the time that we see it.
        const { stages } = await world.status(id, 'the stage to bake', (status) => startOf(status) !== null);
        const aimMs = Date.parse(startOf({ stages }) ?? '') + FIRST_STAGE_MS + (index - 3) * 4;
        await untilMoment('the stage timer', aimMs);
        await world.deployment.rollback(id);
      }),
    );
    for (const [index, { id }] of started.entries()) {
      expect((await ended(id)).outcome).toBe('aborted');
      expect(await world.candidateShare(services[index])).toBe(0);
    }
  });

  test("meant for yesterday's rollout does not touch today's [C-08] [C-10]", async () => {
    world = await startWorld();
    const first = await world.deployment.start(longPlan());
    await baked(first.id);
    await world.deployment.rollback(first.id);
    await ended(first.id);
    await world.closed('checkout');
    const second = await world.deployment.start(longPlan());
    await baked(second.id);
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
    await handle.signal('abort', { rolloutId: first.id, reason: 'late' });
    const status = await world.status(second.id, 'the late abort to be recorded', ({ history }) =>
      history.some(({ what }) => what.includes('ignored')),
    );
    expect(status.phase).toBe('progressing');
    expect(await world.candidateShare()).toBe(25);
    await expect(world.deployment.rollback(first.id)).rejects.toThrow(/ended/);
  });
});

describe('a workflow', () => {
  test('that is cancelled undoes and ends as aborted [C-08]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`).cancel();
    await noTraffic();
    expect((await ended(id)).outcome).toBe('aborted');
  });

  test('that is terminated leaves mixed weights, which are only taken over on purpose [C-10]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`).terminate('by hand');
    const refused = await world.deployment.start(longPlan());
    const over = await ended(refused.id);
    expect(over).toMatchObject({ outcome: 'aborted', currentStage: 0 });
    expect(over.reason).toMatch(/split already.*--adopt/s);
    await world.closed('checkout');
    expect(await world.candidateShare()).toBe(25);
    const adopting = await world.deployment.start(longPlan({ adopt: 'blue' }));
    await baked(adopting.id);
    await world.deployment.rollback(adopting.id);
    await noTraffic();
  });

  test('continues as new without losing its place, its clock or its guard [C-12]', async () => {
    world = await startWorld();
    world.startLoad();
    const { id } = await world.deployment.start(longPlan(), { historyLimit: 30 });
    await baked(id);
    await world.deployment.pause(id);
    await world.deployment.resume(id);
    await world.deployment.pause(id);
    await world.deployment.resume(id);
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
    await until('a new run', async () => !id.endsWith((await handle.describe()).runId));
    expect(await world.statusNow(id)).toMatchObject({ id, phase: 'progressing', currentStage: 1 });
    world.green.behaviour.errorRate = 0.5;
    expect((await ended(id)).outcome).toBe('rolledBack');
    await noTraffic();
  });

  test('is stopped at once although it waits to continue as new for a record that cannot be written [C-08] [C-12]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan(), { historyLimit: 30 });
    await baked(id);
    await world.takeJournalAway();
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
    await until('a history that is long enough', async () => {
      await world.deployment.pause(id);
      await world.deployment.resume(id);
      return (await handle.describe()).historyLength > 40;
    });
    await world.deployment.rollback(id, { reason: 'it must stop' });
    await noTraffic();
  });

  test('takes the same update once, however often it is sent [C-08]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    const asking = { commandId: 'ci-42', ifStage: 1 };
    await world.deployment.promoteToNextStage(id, asking);
    await world.status(id, 'the second stage', ({ currentStage }) => currentStage === 2);
    await world.deployment.promoteToNextStage(id, asking);
    const status = await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    expect(status.currentStage).toBe(2);
  });

  test('gets a breach together with the stage timer after its worker was away: the breach counts [C-05] [C-12]', async () => {
    world = await startWorld({ worker: 'none' });
    world.startLoad();
    const worker = await world.startWorker();
    const { id } = await world.deployment.start(
      quickPlan({
        stages: [
          { trafficPercent: 25, durationMs: 6000 },
          { trafficPercent: 100, durationMs: 600_000 },
        ],
      }),
    );
    await world.status(id, 'the stage to bake', ({ stageEndsAt }) => stageEndsAt !== null);
    await worker.shutdown();
    world.green.behaviour.errorRate = 0.5;
    const watches = await startWatchesOnly(watchQueueOf(world.taskQueue), createActivities(world.ports));
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
    await eventually(
      'breach and timer to wait for a worker',
      async () => {
        const { events } = await handle.fetchHistory();
        const last = (events ?? []).slice(-6);
        const breach = last.some((event) => event.activityTaskCompletedEventAttributes != null);
        return breach && last.some((event) => event.timerFiredEventAttributes != null) ? true : undefined;
      },
      60_000,
    );
    await watches.stop();
    await world.startWorker();
    const over = await ended(id);
    expect(over).toMatchObject({ outcome: 'rolledBack', currentStage: 1 });
    await noTraffic();
  });
});

describe('watch slots', () => {
  test('two of them and five rollouts: an abort still moves at once, and people are told who is not guarded [C-12]', async () => {
    const services = ['checkout', 'one', 'two', 'three', 'four'];
    world = await startWorld({ services, worker: { maxConcurrentWatches: 2 } });
    const started = await Promise.all(services.map((service) => world.deployment.start(longPlan({ service }))));
    for (const { id } of started) await baked(id);
    const isGuarded = ({ needsHuman }: RolloutStatus) => needsHuman?.includes('nobody guards') !== true;
    const whenGuarded = (what: string, ids: readonly string[]) =>
      eventually(what, async () => {
        const statuses = await Promise.all(ids.map((id) => world.statusNow(id)));
        return statuses.filter(isGuarded).length === 2 ? statuses : undefined;
      });
    const statuses = await whenGuarded(
      'three rollouts to be unguarded',
      started.map(({ id }) => id),
    );
    const guarded = statuses.filter(isGuarded);
    expect(guarded.map(({ needsHuman }) => needsHuman)).toEqual([null, null]);
    // Two slots are free again, two of the three find them, and nobody is called for those any more.
    for (const { id } of guarded) await world.deployment.rollback(id);
    const waiting = statuses.filter((status) => !isGuarded(status)).map(({ id }) => id);
    await whenGuarded('two of them to be guarded', waiting);
    for (const id of waiting) await world.deployment.rollback(id);
    for (const [index, { id }] of started.entries()) {
      expect((await ended(id)).outcome).toBe('aborted');
      expect(await world.candidateShare(services[index])).toBe(0);
    }
  });
});

describe('the history', () => {
  test('of four stages with 10,000 checks stays under 200 events [C-12]', async () => {
    world = await startWorld();
    world.startLoad();
    const stages = [5, 25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 2600 }));
    const checks = ['errorRate', 'successRate', 'latencyP50', 'latencyP95', 'latencyP99'].map((metric) =>
      metric === 'successRate'
        ? ({ kind: 'threshold', metric, min: 0.5, minRequests: 1 } as const)
        : ({ kind: 'threshold', metric, max: metric === 'errorRate' ? 0.5 : 10_000, minRequests: 1 } as const),
    );
    const plan = quickPlan({ stages, monitoringIntervalMs: 5, analysis: { checks } });
    const { id } = await world.deployment.start(plan);
    expect((await ended(id)).outcome).toBe('promoted');
    const { events } = await world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`).fetchHistory();
    expect(4 * (2600 / 5) * checks.length).toBeGreaterThanOrEqual(10_000);
    expect(events?.length).toBeLessThan(200);
  });
});
