import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import { quickPlan, type World } from '../support/world.js';
import { seen, workflowIdIn, type Stories } from './story.js';

/** The versions of the world's backends: v1 serves on blue, v2 waits on green. */
const V2 = quickPlan({ version: 'v2' });

/** An undo goes back only to what is healthy. */
const PROBED_V2 = {
  ...V2,
  health: { endpoints: ['/health'], intervalMs: 200, timeoutMs: 5000, successThreshold: 0.95 },
};

async function promoted(world: World, plan: CanaryPlan): Promise<void> {
  const { id } = await world.deployment.start(plan);
  await seen(world, id, 'the promotion', ({ outcome }) => outcome === 'promoted');
  await world.closed(plan.service);
}

async function startRaw(world: World, workflowId: string, input: object): Promise<string> {
  const { taskQueue } = world;
  const handle = await world.client.workflow.start('canaryRollout', { taskQueue, workflowId, args: [input] });
  await handle.result();
  return handle.firstExecutionRunId;
}

/** What a rollout begins with: what serves, another rollout, or something that cannot be read. */
export const STARTS: Stories = {
  'already-serves': {
    plan: V2,
    begin: async (world) => {
      await promoted(world, V2);
      return world.deployment.start(V2);
    },
  },
  undone: {
    plan: PROBED_V2,
    begin: async (world) => {
      await promoted(world, PROBED_V2);
      return world.deployment.undo(V2.service, { reason: 'recorded' });
    },
    act: async (world, id) => {
      await seen(world, id, 'full load', ({ stageEndsAt }) => stageEndsAt !== null);
      await world.deployment.finish(id);
    },
  },
  'undone-at-once': {
    plan: V2,
    begin: async (world) => {
      await promoted(world, V2);
      return world.deployment.undo(V2.service, { now: true, reason: 'recorded' });
    },
  },
  'refused-plan': {
    plan: V2,
    begin: async (world) => {
      const plan = { ...V2, stages: [{ trafficPercent: 50, durationMs: -5 }] };
      return { id: `checkout@${await startRaw(world, workflowIdIn(world), { plan })}` };
    },
    also: async (world) => {
      const workflowId = `${world.taskQueue}/somewhere-else`;
      await startRaw(world, workflowId, { plan: V2 });
      return { 'canary-refused-id': { workflowId } };
    },
  },
};
