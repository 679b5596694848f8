import type { WorkflowHandle } from '@temporalio/client';
import { afterEach, describe, expect, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { DeploymentManager } from '../../src/client/deployment-manager.js';
import { DEFAULT_TIER, STRATEGIES_OF_TIER, type InstalledTier } from '../../src/domain/tier.js';
import type { RolloutOutcome } from '../../src/workflows/messages.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

/** Canaries, with enhanced monitoring: neither comparisons nor sequential tests. */
const ENHANCED: InstalledTier = {
  tier: 'professional',
  tiers: { ...STRATEGIES_OF_TIER, professional: ['canary'] },
};

const SEQUENTIAL = longPlan({ analysis: { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.05 }] } });

let world: World;
afterEach(() => world.stop());

const startRaw = (input: unknown): Promise<WorkflowHandle> =>
  world.client.workflow.start('canaryRollout', {
    workflowId: `${world.taskQueue}/rollout/checkout`,
    taskQueue: world.taskQueue,
    args: [input],
  });

const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);

describe('a tier counts in the library', () => {
  test('for a start: neither a strategy nor monitoring that it does not have is started [K-02] [K-03] [W41]', async () => {
    world = await startWorld({ worker: 'none' });
    const place = { client: world.client, taskQueue: world.taskQueue, workflowIdPrefix: `${world.taskQueue}/` };
    const enhanced = new CanaryDeployment({ ...place, ...ENHANCED });
    await expect(enhanced.start(SEQUENTIAL)).rejects.toMatchObject({ code: 'MONITORING_NOT_IN_TIER' });
    const latencyP99 = { max: 500 };
    await expect(
      enhanced.createDeployment({ name: 'spring', service: 'checkout', successCriteria: { latencyP99 } }),
    ).rejects.toMatchObject({
      code: 'MONITORING_NOT_IN_TIER',
      message: expect.stringContaining('latencyP99') as string,
    });
    const basic = new DeploymentManager({ ...place, tier: 'personal' });
    await expect(basic.start('canary', { plan: quickPlan() })).rejects.toMatchObject({ code: 'STRATEGY_NOT_IN_TIER' });
    await expect(enhanced.getDeploymentStatus('checkout')).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
  });

  test('for a changed policy, before anything is sent [K-03] [W41]', async () => {
    world = await startWorld({ worker: 'none' });
    const enhanced = new CanaryDeployment({ client: world.client, ...ENHANCED });
    await expect(enhanced.setRollbackPolicy('checkout', { policy: { latencyIncrease: 1.5 } })).rejects.toMatchObject({
      code: 'MONITORING_NOT_IN_TIER',
    });
  });
});

describe('a tier counts where somebody goes past the library', () => {
  test.each([
    [
      'a strategy',
      { ...DEFAULT_TIER, tier: 'professional' } as const,
      longPlan(),
      'The tier professional has no canary',
    ],
    ['monitoring', ENHANCED, SEQUENTIAL, 'has enhanced monitoring, which is too little for the sequential test'],
  ])(
    'a raw start with %s that it does not have ends at once and moves nothing [K-03] [W41]',
    async (_, tier, plan, why) => {
      world = await startWorld({ tier });
      const outcome = (await (await startRaw({ plan })).result()) as RolloutOutcome;
      expect(outcome).toMatchObject({ outcome: 'aborted', cause: 'preflight', moved: false, weights: null });
      expect(outcome.reason).toContain(`tier: `);
      expect(outcome.reason).toContain(why);
      expect(await world.candidateShare()).toBe(0);
    },
  );

  test('a policy with more monitoring is refused as an update and ignored as a signal [K-03] [W41]', async () => {
    world = await startWorld({ tier: ENHANCED });
    const handle = await startRaw({ plan: longPlan() });
    const { id } = await world.statusNow('checkout');
    await baked(id);
    const change = { policy: { latencyIncrease: 1.5 }, commandId: 'x' };
    await expect(handle.executeUpdate('setRollbackPolicy', { args: [change] })).rejects.toMatchObject({
      cause: { type: 'MONITORING_NOT_IN_TIER' },
    });
    await handle.signal('setRollbackPolicy', change);
    const seen = await world.status(id, 'the signal to be noted', ({ history }) =>
      history.some(({ what }) => what.startsWith('setRollbackPolicy ignored: The tier professional has enhanced')),
    );
    expect(seen.rollbackPolicy).toBeUndefined();
    const allowed = { policy: { errorRateThreshold: 0.2, evaluationWindow: 60 } };
    await handle.executeUpdate('setRollbackPolicy', { args: [allowed] });
  });

  test('an undo is in every tier [K-02] [W41]', async () => {
    world = await startWorld({ tier: { ...DEFAULT_TIER, tier: 'personal' } });
    const { id } = await world.deployment.undo('checkout', { now: true, reason: 'bad' });
    const { problems = [] } = await world.status(id, 'its end', ({ isComplete }) => isComplete);
    expect(problems.map(({ subject }) => subject)).not.toContain('tier');
  });
});
