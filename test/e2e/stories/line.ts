import { lineIn } from '../support/line.js';
import { longPlan, type World } from '../support/world.js';
import { until } from '../../contract/support/eventually.js';
import { baked, type Stories } from './story.js';

const PLAN = longPlan();

const handleOf = (world: World) => world.client.workflow.getHandle(`${world.taskQueue}/stop-the-line`);

/** What a stop of the line does to a rollout, and what its own workflow goes through. */
export const LINE: Stories = {
  'stopped-with-the-line': {
    plan: PLAN,
    world: { services: ['checkout', 'search'] },
    act: async (world, id) => {
      await baked(world, id);
      const { rollouts } = lineIn(world);
      await rollouts.stopTheLine({ reason: 'recorded', by: 'ada' });
      await handleOf(world).signal('stop', { scope: ['nobody'] });
      await handleOf(world).signal('stop', { scope: [] });
      await handleOf(world).signal('stop', 'everything, please');
      await lineIn(world).status('the stops to hold', ({ stops }) => stops.length === 2 && isAllInForce(stops));
      await lineIn(world).release();
    },
    also: (world) => Promise.resolve({ 'stop-the-line': { workflowId: handleOf(world).workflowId } }),
  },
  'stopped-by-hand': {
    plan: PLAN,
    act: async (world, id) => {
      await baked(world, id);
      world.routerRelay.set('refusing');
      const { firstExecutionRunId: first } = await world.client.workflow.start('stopTheLine', {
        taskQueue: world.taskQueue,
        workflowId: handleOf(world).workflowId,
        args: [{ scope: ['*'], reason: 'by hand', by: 'ada', historyLimit: 20 }],
      });
      await lineIn(world).status('somebody to be called', ({ needsHuman }) => needsHuman !== null);
      world.routerRelay.set('open');
      await lineIn(world).status('the stop to hold', ({ stops }) => isAllInForce(stops));
      await until('a new run', async () => {
        await handleOf(world).signal('stop', { scope: ['nobody'] });
        return (await handleOf(world).describe()).runId !== first;
      });
      await lineIn(world).status('it to go on', ({ stops }) => isAllInForce(stops));
      await handleOf(world).cancel();
    },
    also: async (world) => {
      const { workflowId } = handleOf(world);
      const runs: string[] = [];
      const query = `WorkflowId = '${workflowId}'`;
      await until('the runs to be listed', async () => {
        runs.length = 0;
        for await (const { runId } of world.client.workflow.list({ query })) runs.push(runId);
        return runs.length > 1;
      });
      const first = runs.at(-1);
      return {
        'stop-the-line-cancelled': { workflowId },
        'stop-the-line-continues-as-new': { workflowId, ...(first === undefined ? {} : { runId: first }) },
      };
    },
  },
};

function isAllInForce(stops: readonly { readonly inForceSince: string | null }[]): boolean {
  return stops.length > 0 && stops.every(({ inForceSince }) => inForceSince !== null);
}
