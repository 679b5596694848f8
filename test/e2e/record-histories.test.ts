import { mkdirSync, writeFileSync } from 'node:fs';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterEach, describe, expect, test } from 'vitest';
import type { RolloutStatus } from '../../src/domain/canary/status.js';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import { eventually } from '../contract/support/eventually.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

const FOLDER = new URL('../histories/', import.meta.url);
const RELEASE = '0.1';

let world: World;

afterEach(() => world.stop());

type Story = (world: World, id: string) => Promise<unknown>;

const until = (id: string, what: string, holds: (status: RolloutStatus) => boolean) =>
  world.status(id, what, holds, 40_000);
const baked = (id: string) => until(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);

/** The versions of the world's backends: v1 serves on blue, v2 waits on green. */
const V2 = quickPlan({ version: 'v2' });

interface Recorded {
  readonly plan: CanaryPlan;
  readonly story: Story;
  readonly historyLimit?: number;
  /** Begins what is recorded. Default: starts the plan. */
  readonly begin?: (world: World) => Promise<{ readonly id: string }>;
}

const STORIES: Readonly<Record<string, Recorded>> = {
  promoted: { plan: quickPlan(), story: () => Promise.resolve() },
  breach: {
    plan: longPlan(),
    story: async ({ green }, id) => {
      await baked(id);
      green.behaviour.errorRate = 0.5;
    },
  },
  'abort-while-paused': {
    plan: longPlan(),
    story: async ({ deployment }, id) => {
      await baked(id);
      await deployment.pause(id, { durationMinutes: 30 });
      await deployment.rollback(id, { reason: 'recorded' });
    },
  },
  'approved-and-promoted': {
    plan: quickPlan({ autoProgression: false }),
    story: async ({ deployment }, id) => {
      for (const stage of [1, 2]) {
        await until(
          id,
          `approval of stage ${String(stage)}`,
          ({ phase, currentStage }) => phase === 'awaitingApproval' && currentStage === stage,
        );
        await deployment.approve(id, { ifStage: stage, by: 'recorder' });
      }
    },
  },
  'held-then-known': {
    plan: quickPlan({ analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.05 }] } }),
    story: async (here, id) => {
      await baked(id);
      here.metricsRelay.set('refusing');
      await until(id, 'the stage to be held', ({ phase }) => phase === 'held');
      here.metricsRelay.set('open');
    },
  },
  'resumed-with-another-share': {
    plan: longPlan(),
    story: async ({ deployment }, id) => {
      await baked(id);
      await deployment.pause(id);
      await deployment.resume(id, { modifiedConfig: { traffic: 0.1, monitoringInterval: 1 } });
      await until(
        id,
        'the changed share',
        ({ trafficPercentage, stageEndsAt }) => trafficPercentage === 10 && stageEndsAt !== null,
      );
      await deployment.promoteToNextStage(id, { full: true });
      await until(id, 'full load', ({ currentStage, stageStartedAt }) => currentStage === 3 && stageStartedAt !== null);
      await deployment.finish(id);
    },
  },
  'rollback-while-the-router-is-away': {
    plan: longPlan(),
    story: async (here, id) => {
      await baked(id);
      here.routerRelay.set('refusing');
      await here.deployment.rollback(id);
      await until(id, 'a person to be called', ({ needsHuman }) => needsHuman !== null);
      here.routerRelay.set('open');
    },
  },
  'unfit-service': { plan: quickPlan({ service: 'nobody', name: 'nobody' }), story: () => Promise.resolve() },
  drift: {
    plan: longPlan(),
    story: async (here, id) => {
      await baked(id);
      await here.setWeights([
        { backend: 'green', percent: 60 },
        { backend: 'blue', percent: 40 },
      ]);
      await until(id, 'drift to be found', ({ phase }) => phase === 'held');
      await here.deployment.resume(id);
      await until(id, 'the weights to be set again', ({ phase }) => phase === 'progressing');
      await here.deployment.emergencyStop(id);
    },
  },
  'ended-early-on-proof': {
    plan: quickPlan({
      stages: [25, 100].map((trafficPercent) => ({
        trafficPercent,
        durationMs: 600_000,
        advanceOnEvidence: true,
        minDurationMs: 1000,
      })),
      analysis: { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.2 }], dispersion: 1 },
    }),
    story: () => Promise.resolve(),
  },
  'longest-time-over': {
    plan: quickPlan({
      stages: [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 1000, maxDurationMs: 2000 })),
      analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.05, minRequests: 1e6 }] },
      onUnknown: { action: 'abort', deadlineMs: 600_000 },
    }),
    story: () => Promise.resolve(),
  },
  'policy-tightened': {
    plan: longPlan({ analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.9 }] } }),
    story: async ({ green, deployment }, id) => {
      green.behaviour.errorRate = 0.3;
      await until(id, 'errors to be seen', ({ checks }) => (checks[0]?.value ?? 0) > 0.2);
      await deployment.setRollbackPolicy(id, { policy: { errorRateThreshold: 0.1, consecutiveFailures: 2 } });
    },
  },
  'held-for-a-person': {
    plan: longPlan({ autoRollback: false, rollbackPolicy: { errorRateThreshold: 0.1 } }),
    story: async ({ green, deployment }, id) => {
      await baked(id);
      green.behaviour.errorRate = 0.5;
      await until(id, 'the stage to be held', ({ phase }) => phase === 'held');
      green.behaviour.errorRate = 0;
      await deployment.promoteToNextStage(id, { by: 'recorder' });
      await until(
        id,
        'the second stage',
        ({ currentStage, stageEndsAt }) => currentStage === 2 && stageEndsAt !== null,
      );
      green.behaviour.errorRate = 0.5;
      await until(id, 'the second stage to be held', ({ phase }) => phase === 'held');
      await deployment.setRollbackPolicy(id, { autoRollback: true });
    },
  },
  'already-serves': {
    plan: V2,
    story: () => Promise.resolve(),
    begin: async (here) => {
      await promoted(here, V2);
      return here.deployment.start(V2);
    },
  },
  'undone-at-once': {
    plan: V2,
    story: () => Promise.resolve(),
    begin: async (here) => {
      await promoted(here, V2);
      return here.deployment.undo(V2.service, { now: true, reason: 'recorded' });
    },
  },
  'continued-as-new': {
    plan: longPlan(),
    historyLimit: 20,
    story: async ({ deployment, client, taskQueue }, id) => {
      await baked(id);
      await deployment.pause(id);
      await deployment.resume(id);
      await deployment.pause(id);
      const [service = '', firstRunId] = id.split('@');
      const handle = client.workflow.getHandle(`${taskQueue}/rollout/${service}`);
      await eventually('the next run', async () => (await handle.describe()).runId !== firstRunId || undefined);
      await deployment.rollback(id);
    },
  },
};

async function promoted(here: World, plan: CanaryPlan): Promise<void> {
  const { id } = await here.deployment.start(plan);
  await until(id, 'the promotion', ({ outcome }) => outcome === 'promoted');
  await here.closed(plan.service);
}

/** Run with RECORD_HISTORIES=1 for every release; what it writes is replayed for ever. */
describe.runIf(process.env.RECORD_HISTORIES === '1')('recording', () => {
  test.each(Object.entries(STORIES))('%s', { timeout: 240_000 }, async (name, recorded) => {
    const { plan, story, historyLimit } = recorded;
    mkdirSync(FOLDER, { recursive: true });
    world = await startWorld();
    world.startLoad();
    const begin =
      recorded.begin ?? (() => world.deployment.start(plan, historyLimit === undefined ? {} : { historyLimit }));
    const { id } = await begin(world);
    await story(world, id);
    await until(id, 'the end', ({ isComplete }) => isComplete);
    const workflowId = `${world.taskQueue}/rollout/${plan.service}`;
    await world.client.workflow.getHandle(workflowId).result();
    const history = await world.client.workflow.getHandle(workflowId).fetchHistory();
    expect(history.events?.length).toBeGreaterThan(5);
    // Stack traces are kept as the project's own paths: where it lay is nobody's business.
    const json = historyToJSON(history).replaceAll(`${process.cwd()}/`, '');
    writeFileSync(new URL(`canary-${RELEASE}-${name}.json`, FOLDER), json);
  });
});
