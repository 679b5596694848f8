import { until } from '../../contract/support/eventually.js';
import { longPlan, quickPlan } from '../support/world.js';
import { baked, handleIn, inPhase, seen, workflowIdIn, type Stories } from './story.js';

/** A run that continued as new has the first one's id. */
const firstRunOf = (rolloutId: string) => rolloutId.split('@').at(-1) ?? '';

/** What comes from outside: the data plane, the worker, the journal, the history's own length. */
export const SURROUNDINGS: Stories = {
  'unfit-service': { plan: quickPlan({ service: 'nobody', name: 'nobody' }) },
  'rollback-while-the-router-is-away': {
    plan: longPlan(),
    act: async (world, id) => {
      await baked(world, id);
      world.routerRelay.set('refusing');
      await world.deployment.rollback(id);
      await seen(world, id, 'a person to be called', ({ needsHuman }) => needsHuman !== null);
      world.routerRelay.set('open');
    },
  },
  drift: {
    plan: longPlan(),
    act: async (world, id) => {
      await baked(world, id);
      await world.setWeights([
        { backend: 'green', percent: 60 },
        { backend: 'blue', percent: 40 },
      ]);
      await inPhase(world, id, 'held');
      await world.deployment.resume(id);
      await inPhase(world, id, 'progressing');
      await world.deployment.emergencyStop(id);
    },
  },
  'watch-without-a-slot': {
    plan: longPlan(),
    world: { services: ['checkout', 'other'], worker: { maxConcurrentWatches: 1 } },
    begin: async (world) => {
      const other = await world.deployment.start(longPlan({ service: 'other', name: 'other' }));
      await seen(world, other.id, 'the other one to have the slot', ({ observed }) => observed !== null);
      return world.deployment.start(longPlan());
    },
    act: async (world, id) => {
      const isUnguarded = ({ needsHuman }: { readonly needsHuman: string | null }) =>
        needsHuman?.includes('nobody guards') === true;
      await seen(world, id, 'people to be called', isUnguarded);
      await handleIn(world, 'other').signal('abort', {});
      await seen(world, id, 'it to be guarded', (status) => !isUnguarded(status) && status.observed !== null);
      await world.deployment.rollback(id);
    },
  },
  'watched-by-another-worker': {
    plan: longPlan(),
    world: { worker: 'none' },
    begin: async (world) => {
      const first = await world.startWorker();
      const started = await world.deployment.start(longPlan());
      const { asOf } = await seen(world, started.id, 'it to be watched', ({ observed }) => observed !== null);
      await first.shutdown();
      await world.startWorker();
      await seen(world, started.id, 'it to be watched again', (status) => Date.parse(status.asOf) > Date.parse(asOf));
      return started;
    },
    act: (world, id) => world.deployment.rollback(id),
  },
  'continued-as-new': {
    plan: longPlan(),
    begin: (world) => world.deployment.start(longPlan(), { historyLimit: 30 }),
    act: async (world, id) => {
      await baked(world, id);
      for (let round = 0; round < 3; round += 1) {
        await world.deployment.pause(id);
        await world.deployment.resume(id);
      }
      await until('a new run', async () => (await handleIn(world).describe()).runId !== firstRunOf(id));
      await world.statusNow(id);
      await world.deployment.rollback(id);
    },
    also: (world, id) =>
      Promise.resolve({ 'canary-continues-as-new': { workflowId: workflowIdIn(world), runId: firstRunOf(id) } }),
  },
  'ended-without-its-journal': {
    plan: longPlan(),
    act: async (world, id) => {
      await baked(world, id);
      const giveBack = await world.takeJournalAway();
      await world.deployment.rollback(id, { reason: 'recorded' });
      await world.closed('checkout');
      await giveBack();
    },
    also: (world, id) =>
      Promise.resolve({ 'keep-record': { workflowId: `${workflowIdIn(world)}/journal/${firstRunOf(id)}` } }),
  },
};
