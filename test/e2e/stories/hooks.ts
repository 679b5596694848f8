import type { HookAnswer } from '../../../src/domain/hooks/answer.js';
import type { Moment } from '../../../src/domain/hooks/moments.js';
import type { Hook } from '../../../src/ports/hooks.js';
import { longPlan, quickPlan, type WorldOptions } from '../support/world.js';
import { baked, handleIn, inPhase, type Stories } from './story.js';

const CANARY_MOMENTS: readonly Moment[] = [
  'beforeStage',
  'whileStage',
  'confirmPromotion',
  'rolledBack',
  'needsHuman',
  'completed',
];

/** A world whose services ask and tell one hook at every moment of a canary. */
function asking(answer: (moment: Moment) => HookAnswer): WorldOptions {
  const ci: Hook = {
    deadlineMs: 60_000,
    run: (moment) => Promise.resolve(answer(moment)),
    findObstacle: () => Promise.resolve(null),
  };
  return { hooks: { byMoment: Object.fromEntries(CANARY_MOMENTS.map((moment) => [moment, ['ci']])), named: { ci } } };
}

/** What a rollout asks and tells. */
export const HOOKS: Stories = {
  'asks-and-tells': { plan: quickPlan(), world: asking(() => ({ answer: 'yes' })) },
  'a-hook-says-no': {
    plan: longPlan(),
    world: asking((moment) =>
      moment === 'beforeStage' ? { answer: 'no', reason: 'not on a Friday' } : { answer: 'yes' },
    ),
    act: async (world, id) => {
      await inPhase(world, id, 'held');
      await handleIn(world).executeUpdate('promote', { args: [{ by: 'recorder', reason: 'recorded' }] });
      await baked(world, id);
      await world.deployment.rollback(id, { reason: 'recorded' });
    },
  },
};
