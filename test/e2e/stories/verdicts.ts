import type { StagePlan } from '../../../src/domain/stages/plan.js';
import { longPlan, quickPlan } from '../support/world.js';
import { baked, handleIn, inPhase, seen, type Stories } from './story.js';

const [, ...laterStages] = quickPlan().stages;
const asking = (approval: StagePlan['approval']) =>
  quickPlan({ stages: [{ trafficPercent: 25, durationMs: 1500, ...(approval && { approval }) }, ...laterStages] });

export const VERDICTS: Stories = {
  promoted: { plan: quickPlan() },
  breach: {
    plan: longPlan(),
    act: async (world, id) => {
      await baked(world, id);
      world.green.behaviour.errorRate = 0.5;
    },
  },
  'breach-that-the-baseline-shares': {
    plan: longPlan(),
    act: async (world, id) => {
      await baked(world, id);
      world.blue.behaviour.errorRate = 0.4;
      world.green.behaviour.errorRate = 0.4;
      await inPhase(world, id, 'held');
      await world.deployment.resume(id, { reason: 'recorded' });
      await world.deployment.rollback(id);
    },
  },
  'approval-timed-out': { plan: asking({ timeoutMs: 1500, onTimeout: 'abort' }) },
  'approval-timed-out-and-held': {
    plan: asking({ timeoutMs: 1500, onTimeout: 'hold' }),
    act: async (world, id) => {
      await inPhase(world, id, 'held');
      await handleIn(world).signal('approve', { by: 'recorder' });
    },
  },
  'held-then-known': {
    plan: quickPlan({ analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.05 }] } }),
    act: async (world, id) => {
      await baked(world, id);
      world.metricsRelay.set('refusing');
      await inPhase(world, id, 'held');
      world.metricsRelay.set('open');
    },
  },
  'held-for-a-person': {
    plan: longPlan({ autoRollback: false, rollbackPolicy: { errorRateThreshold: 0.1 } }),
    act: async (world, id) => {
      const { green, deployment } = world;
      await baked(world, id);
      green.behaviour.errorRate = 0.5;
      await inPhase(world, id, 'held');
      green.behaviour.errorRate = 0;
      await deployment.promoteToNextStage(id, { by: 'recorder' });
      await seen(
        world,
        id,
        'the second stage',
        ({ currentStage, stageEndsAt }) => currentStage === 2 && stageEndsAt !== null,
      );
      green.behaviour.errorRate = 0.5;
      await seen(
        world,
        id,
        'the second stage to be held',
        ({ phase, currentStage }) => phase === 'held' && currentStage === 2,
      );
      await deployment.setRollbackPolicy(id, { autoRollback: true });
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
  },
  'longest-time-over': {
    plan: quickPlan({
      stages: [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 1000, maxDurationMs: 2000 })),
      analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.05, minRequests: 1e6 }] },
      onUnknown: { action: 'abort', deadlineMs: 600_000 },
    }),
  },
};
