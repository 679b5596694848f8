import type { Verb } from '../../../src/domain/stages/commands.js';
import { longPlan, quickPlan, type World } from '../support/world.js';
import { baked, handleIn, inPhase, seen, workflowIdIn, type Stories, type Story } from './story.js';

/** One way in which a person's command comes. */
type Send = (world: World, verb: Verb, input: object) => Promise<unknown>;

const signal: Send = (world, verb, input) => handleIn(world).signal(verb, { by: 'recorder', ...input });
const update: Send = (world, verb, input) =>
  handleIn(world).executeUpdate(verb, { args: [{ by: 'recorder', ...input }] });

/** From an approval to the end of the rollback window, by every command that stops nothing. */
function everyCommand(send: Send): Story {
  const [, second, last] = longPlan().stages;
  if (second === undefined || last === undefined) throw new Error('a long plan has three stages');
  return {
    plan: longPlan({
      stages: [
        { trafficPercent: 25, durationMs: 1500, approval: { timeoutMs: null, onTimeout: 'hold' } },
        { ...second, approval: { timeoutMs: null, onTimeout: 'hold' } },
        last,
      ],
    }),
    act: async (world, id) => {
      await inPhase(world, id, 'awaitingApproval');
      await send(world, 'reject', { reason: 'not today' });
      await inPhase(world, id, 'held');
      await send(world, 'approve', { reason: 'but today' });
      await seen(
        world,
        id,
        'the second stage',
        ({ currentStage, stageEndsAt }) => currentStage === 2 && stageEndsAt !== null,
      );
      await send(world, 'pause', { durationMinutes: 30 });
      await inPhase(world, id, 'paused');
      await send(world, 'resume', {});
      await inPhase(world, id, 'progressing');
      await send(world, 'configure', { monitoringInterval: 1, requireManualApproval: false, autoProgression: true });
      await send(world, 'setRollbackPolicy', { policy: { errorRateThreshold: 0.5, consecutiveFailures: 2 } });
      await baked(world, id);
      await send(world, 'promote', { stage: 2 });
      await seen(world, id, 'full load', ({ currentStage, stageEndsAt }) => currentStage === 3 && stageEndsAt !== null);
      await send(world, 'finish', {});
    },
  };
}

const endedBy = (send: Send, verb: Verb): Story => ({
  plan: longPlan(),
  act: async (world, id) => {
    await baked(world, id);
    await send(world, verb, { reason: 'recorded' });
  },
});

export const COMMANDS: Stories = {
  'every-signal': everyCommand(signal),
  'every-update': everyCommand(update),
  'aborted-by-signal': endedBy(signal, 'abort'),
  'aborted-by-update': endedBy(update, 'abort'),
  'stopped-by-signal': endedBy(signal, 'emergencyStop'),
  'stopped-by-update': endedBy(update, 'emergencyStop'),
  'abort-while-paused': {
    plan: longPlan(),
    act: async (world, id) => {
      await baked(world, id);
      await world.deployment.pause(id, { durationMinutes: 30 });
      await world.deployment.rollback(id, { reason: 'recorded' });
    },
  },
  'approved-and-promoted': {
    plan: quickPlan({ autoProgression: false }),
    act: async (world, id) => {
      for (const stage of [1, 2]) {
        await seen(
          world,
          id,
          `approval of stage ${String(stage)}`,
          ({ phase, currentStage }) => phase === 'awaitingApproval' && currentStage === stage,
        );
        await world.deployment.approve(id, { ifStage: stage, by: 'recorder' });
      }
    },
  },
  'resumed-with-another-share': {
    plan: longPlan(),
    act: async (world, id) => {
      const { deployment } = world;
      await baked(world, id);
      await deployment.pause(id);
      await deployment.resume(id, { modifiedConfig: { traffic: 0.1, monitoringInterval: 1 } });
      await seen(
        world,
        id,
        'the changed share',
        ({ trafficPercentage, stageEndsAt }) => trafficPercentage === 10 && stageEndsAt !== null,
      );
      await deployment.promoteToNextStage(id, { full: true });
      await seen(world, id, 'full load', ({ currentStage, stageEndsAt }) => currentStage === 3 && stageEndsAt !== null);
      await deployment.finish(id);
    },
  },
  'policy-tightened': {
    plan: longPlan({ analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.9 }] } }),
    act: async (world, id) => {
      world.green.behaviour.errorRate = 0.3;
      await seen(world, id, 'errors to be seen', ({ checks }) => (checks[0]?.value ?? 0) > 0.2);
      await world.deployment.setRollbackPolicy(id, { policy: { errorRateThreshold: 0.1, consecutiveFailures: 2 } });
    },
  },
  cancelled: {
    plan: longPlan(),
    act: async (world, id) => {
      await baked(world, id);
      await handleIn(world).cancel();
    },
  },
  /** Only the converter that production uses can read it. */
  'unreadable-signal': {
    plan: longPlan(),
    act: async (world, id) => {
      await baked(world, id);
      const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('half an hour, please') };
      await world.client.workflowService.signalWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: workflowIdIn(world) },
        signalName: 'pause',
        input: { payloads: [payload] },
      });
      await inPhase(world, id, 'paused');
      await signal(world, 'abort', {});
    },
  },
};
