import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { readSentMessages } from '../../src/client/rollout-history.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import type { RunningWorker } from '../../src/worker/start-worker.js';
import { until } from '../contract/support/eventually.js';
import { longPlan, quickPlan, startWorld, type World } from '../e2e/support/world.js';

const SERVICES = ['checkout', 'versions', 'long', 'terminated', 'aborted', 'promoted', 'late'];

let world: World;
let worker: RunningWorker;

beforeAll(async () => {
  world = await startWorld({ services: SERVICES, worker: 'none' });
  worker = await world.startWorker();
});

afterAll(() => world.stop());

const verbsOf = async (id: string) =>
  (await readSentMessages(world.client, id, `${world.taskQueue}/`)).map(({ verb }) => verb);
const planOf = (service: string, name = service) => longPlan({ service, name });
const workflowOf = (service: string) => world.client.workflow.getHandle(`${world.taskQueue}/rollout/${service}`);
const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
const ended = (id: string) => world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);

describe('ids', () => {
  test('one that no run can have is not found, like one that no run has [C-06] [U-04]', async () => {
    const { id } = await world.deployment.start(planOf('versions', 'typed'));
    for (const run of ['nosuch', "it's", '00000000-0000-4000-8000-000000000000']) {
      await expect(world.deployment.getDeploymentStatus(`versions@${run}`)).rejects.toMatchObject({
        code: 'ROLLOUT_NOT_FOUND',
      });
    }
    await world.deployment.rollback(id);
    await world.closed('versions');
  });

  test('a service means its newest rollout, service@run also an older one [C-06]', async () => {
    const older = await world.deployment.start(planOf('versions', 'older'));
    await baked(older.id);
    await world.deployment.rollback(older);
    await world.closed('versions');
    const newer = await world.deployment.start(planOf('versions', 'newer'));
    await baked(newer.id);

    expect(await world.deployment.getDeploymentStatus('versions')).toMatchObject({ id: newer.id, name: 'newer' });
    expect(await world.statusNow(newer.id)).toMatchObject({ id: newer.id, phase: 'progressing' });
    expect(await world.deployment.getDeploymentStatus(older)).toMatchObject({
      id: older.id,
      name: 'older',
      outcome: 'aborted',
    });
  });

  test('a rollout that continued as new keeps its id: in flight, finished, and when newer ones have come, with every command [C-06] [C-12] [S-03]', async () => {
    const { id } = await world.deployment.start(planOf('long'), { historyLimit: 30 });
    await baked(id);
    await world.deployment.pause(id);
    await world.deployment.resume(id);
    await world.deployment.pause(id);
    await world.deployment.resume(id);
    await until('a new run', async () => !id.endsWith((await workflowOf('long').describe()).runId));
    expect(await world.statusNow(id)).toMatchObject({ id, phase: 'progressing', currentStage: 1 });

    await world.deployment.rollback(id, { reason: 'enough' });
    expect(await ended(id)).toMatchObject({ id, outcome: 'aborted', reason: 'aborted: enough' });
    await world.closed('long');
    expect(await verbsOf(id)).toEqual(['pause', 'resume', 'pause', 'resume', 'abort']);
    const newer = await world.deployment.start(planOf('long'));
    await baked(newer.id);
    expect(await verbsOf(newer.id)).toEqual([]);
    await until('the list to know the older one', async () =>
      (await world.deployment.list({ service: 'long' })).some((rollout) => rollout.id === id),
    );
    expect(await world.deployment.getDeploymentStatus(id)).toMatchObject({ id, outcome: 'aborted', isComplete: true });
  });

  test.each(['never-was', 'versions@01a2b3c4-0000-7000-8000-000000000000'])(
    'nothing is known of %s: it says so, and how to look [U-04]',
    async (id) => {
      await expect(world.deployment.getDeploymentStatus(id)).rejects.toMatchObject({
        code: 'ROLLOUT_NOT_FOUND',
        got: id,
        next: ['headgate list'],
      });
    },
  );
});

describe('a workflow that somebody ended', () => {
  const seen: RolloutStatus[] = [];

  test('is shown as ended, and with what to do, although a worker still answers for it [C-06] [C-10]', async () => {
    const { id } = await world.deployment.start(planOf('terminated'));
    await baked(id);
    await workflowOf('terminated').terminate('by hand');
    const status = await world.deployment.getDeploymentStatus(id);
    expect(status).toMatchObject({ isComplete: false, outcome: null, takes: [], currentStage: 1, stageEndsAt: null });
    expect(status.endedAt).not.toBeNull();
    expect(status.reason).toMatch(/terminated: nothing was undone.*--adopt/);
    expect(status.needsHuman).toBe(status.reason);
    seen.push(status);
  });

  test('is said to have run into its timeout, and that nothing was undone, whatever the workers do [C-06]', async () => {
    await world.client.workflow.start('canaryRollout', {
      workflowId: `${world.taskQueue}/rollout/late`,
      taskQueue: world.taskQueue,
      workflowExecutionTimeout: '1s',
      args: [{ plan: planOf('late') }],
    });
    await until('its timeout', async () => (await workflowOf('late').describe()).status.name === 'TIMED_OUT');
    const status = await world.deployment.getDeploymentStatus('late');
    expect(status.endedAt).not.toBeNull();
    expect(status.reason).toMatch(/timeout.*nothing was undone.*--adopt/);
    expect(status.needsHuman).toBe(status.reason);
  });

  test('is not waited for [C-06]', async () => {
    const waited = await world.deployment.wait('terminated', { timeoutMs: 5000 });
    expect(waited).toMatchObject({ outcome: null, endedAt: seen[0]?.endedAt });
  });

  test('takes no command any more [C-08]', async () => {
    await expect(world.deployment.rollback('terminated')).rejects.toMatchObject({ code: 'ROLLOUT_ENDED' });
  });
});

describe('while no worker runs', () => {
  let running: string;
  let aborted: RolloutStatus;

  beforeAll(async () => {
    world.startLoad();
    const requestedBy = 'ci';
    const starting = { requestId: 'acme/shop:1:1:deploy', requestedBy };
    ({ id: running } = await world.deployment.start({ ...planOf('checkout'), version: 'v2' }, starting));
    const doomed = await world.deployment.start(planOf('aborted'));
    await world.deployment.start(
      quickPlan({
        service: 'promoted',
        name: 'promoted',
        analysis: { checks: [] },
        stages: [50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 200 })),
      }),
    );
    await world.status(
      running,
      'a picture',
      ({ observed, checks }) => observed !== null && (checks[0]?.candidateRequests ?? 0) > 20,
    );
    await baked(doomed.id);
    await world.deployment.rollback(doomed.id, { by: 'Ada', reason: 'bad feeling' });
    aborted = await ended(doomed.id);
    await workflowOf('aborted').result();
    await workflowOf('promoted').result();
    await worker.shutdown();
  });

  test('the status answers in time, says so, and knows phase, share and what the watch saw last [C-06]', async () => {
    const askedAtMs = performance.now();
    const status = await world.deployment.getDeploymentStatus(running);
    // A status that waited for somebody who is not there would never come.
    expect(performance.now() - askedAtMs).toBeLessThan(8000);
    expect(status).toMatchObject({
      id: running,
      worker: 'none',
      phase: 'progressing',
      currentStage: 1,
      stageCount: 3,
      trafficPercentage: 25,
      version: 'v2',
      requestId: 'acme/shop:1:1:deploy',
      requestedBy: 'ci',
      isComplete: false,
      needsHuman: 'no worker answers; it was progressing when last seen',
    });
    expect(status.observed).toEqual(expect.arrayContaining([{ backend: 'green', percent: 25 }]));
    expect(status.checks[0]?.candidateRequests).toBeGreaterThan(20);
    expect(status.healthScore).toBeGreaterThan(0.9);
    expect(status.stages.map(({ state }) => state)).toEqual(['current', 'upcoming', 'upcoming']);
    expect(status.takes).toContain('abort');
  });

  test('a finished rollout is shown with its outcome and with what stopped it [C-06]', async () => {
    const status = await world.deployment.getDeploymentStatus('aborted');
    expect(status).toMatchObject({
      id: aborted.id,
      worker: 'none',
      phase: 'aborted',
      outcome: 'aborted',
      isComplete: true,
      reason: 'aborted by Ada: bad feeling',
      stop: { cause: 'abort' },
      trafficPercentage: 0,
      needsHuman: null,
      takes: [],
    });
    expect(status.desired).toEqual(expect.arrayContaining([{ backend: 'blue', percent: 100 }]));
    expect(status.stages.map(({ state }) => state)).toEqual(['stopped', 'upcoming', 'upcoming']);
  });

  test('a promoted one has passed every stage [C-06]', async () => {
    const status = await world.deployment.getDeploymentStatus('promoted');
    expect(status).toMatchObject({ worker: 'none', phase: 'promoted', trafficPercentage: 100, takes: [] });
    expect(status.stages.map(({ state }) => state)).toEqual(['passed', 'passed']);
  });

  test('one whose workflow was terminated is shown as with a worker [C-06]', async () => {
    const status = await world.deployment.getDeploymentStatus('terminated');
    expect(status).toMatchObject({ worker: 'none', outcome: null, takes: [], currentStage: 1 });
    expect(status.reason).toMatch(/terminated: nothing was undone/);
    expect(status.endedAt).not.toBeNull();
  });

  test('what the server does not know (any more) is read from the journal, by id and as the newest [C-06]', async () => {
    // A server that has forgotten a rollout answers as one that never knew it.
    const forgetful = new CanaryDeployment({
      client: world.client,
      workflowIdPrefix: `${world.taskQueue}/forgotten/`,
      recall: async (asked) => {
        const [service = '', run] = asked.split('@');
        const entries = await world.journal.read(run === undefined ? { service } : { service, rolloutId: asked });
        return entries.findLast(({ status }) => status !== undefined)?.status ?? null;
      },
    });
    for (const asked of [aborted.id, 'aborted']) {
      expect(await forgetful.getDeploymentStatus(asked)).toMatchObject({
        id: aborted.id,
        worker: 'journal',
        outcome: 'aborted',
        isComplete: true,
        reason: 'aborted by Ada: bad feeling',
        startedAt: aborted.startedAt,
        stages: aborted.stages.map(({ trafficPercent, state, conclusion }) => ({ trafficPercent, state, conclusion })),
      });
    }
    await expect(forgetful.getDeploymentStatus('never-was')).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
  });
});
