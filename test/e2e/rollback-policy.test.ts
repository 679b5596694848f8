import { afterEach, describe, expect, test } from 'vitest';
import { DeploymentManager } from '../../src/client/deployment-manager.js';
import { CommandRefusedError } from '../../src/client/errors.js';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import { eventually } from '../contract/support/eventually.js';
import { longPlan, startWorld, type World } from './support/world.js';

let world: World;

afterEach(() => world.stop());

/** A fixed bound that bears everything: what is caught is caught by the policy. */
const LENIENT: CanaryPlan['analysis'] = { checks: [{ kind: 'threshold', metric: 'errorRate', max: 1 }] };

async function baking(change: Partial<CanaryPlan> = {}): Promise<string> {
  const { id } = await world.deployment.start(longPlan({ analysis: LENIENT, ...change }));
  await world.status(id, 'the first stage to bake', ({ stageEndsAt }) => stageEndsAt !== null);
  return id;
}

/** A stage with errors that a person is called for. */
async function heldForABreach(): Promise<string> {
  world = await startWorld();
  world.startLoad();
  const id = await baking({ autoRollback: false, rollbackPolicy: { errorRateThreshold: 0.1 } });
  world.green.behaviour.errorRate = 0.5;
  await world.status(id, 'the stage to be held', ({ phase }) => phase === 'held');
  return id;
}

/** Until a whole interval has shown none: one that begins in the middle of them would count some. */
async function wellAgain(id: string): Promise<void> {
  world.green.behaviour.errorRate = 0;
  await world.status(id, 'the errors to be over', ({ checks }) => checks[0]?.recent.at(-1) === 0);
}

describe('a rollback policy, on real traffic', () => {
  test('that is tightened while the rollout runs rolls back what was fine before, and is kept in the record [M-03]', async () => {
    world = await startWorld();
    world.startLoad();
    world.green.behaviour.errorRate = 0.3;
    const id = await baking();
    await world.status(id, 'errors to be seen', ({ checks }) => (checks[0]?.value ?? 0) > 0.2);
    const manager = new DeploymentManager({ client: world.client, workflowIdPrefix: `${world.taskQueue}/` });
    const answer = await manager.setRollbackPolicy(
      id,
      { policy: { errorRateThreshold: 0.1, evaluationWindow: '2s', consecutiveFailures: 2 } },
      { by: 'ada', reason: 'it is Friday' },
    );
    expect(answer.effect).toBe(
      'Rollback policy: none → error rate at most 10 % over 2s, 2 checks in a row: it is Friday',
    );
    const over = await world.status(id, 'the rollout to be rolled back', ({ isComplete }) => isComplete);
    expect(over).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' } });
    expect(over.reason).toMatch(/^errorRate .*> max 10 % .*consecutiveFailure \(2\)/);
    expect(await world.candidateShare()).toBe(0);
    const entries = await eventually('the record', async () => {
      const all = await world.journal.read({ rolloutId: id });
      return all.some(({ kind }) => kind === 'outcome') ? all : undefined;
    });
    expect(entries.find(({ what }) => what.startsWith('Rollback policy:'))).toMatchObject({
      what: expect.stringContaining('none → error rate at most 10 %') as string,
      why: 'it is Friday',
      claimedBy: 'ada',
      identity: 'tester@e2e',
    });
  });

  test('without auto-rollback holds what fails and calls a person, who decides: back [M-03]', async () => {
    world = await startWorld();
    world.startLoad();
    const id = await baking({ autoRollback: false, rollbackPolicy: { errorRateThreshold: 0.1 } });
    world.green.behaviour.errorRate = 0.5;
    const held = await world.status(id, 'the stage to be held', ({ phase }) => phase === 'held');
    expect(held.needsHuman).toMatch(/errorRate .*> max 10 %.*nothing rolls back by itself here, a person must decide/);
    expect(held).toMatchObject({ autoRollback: false, rollbackPolicy: 'error rate at most 10 %' });
    expect(await world.candidateShare()).toBe(25);
    // It is still guarded: the picture stays fresh.
    await world.status(
      id,
      'a new picture',
      ({ asOf, observed }) => observed !== null && Date.parse(asOf) > Date.parse(held.asOf),
    );
    await world.deployment.rollback(id, { by: 'ada', reason: 'enough' });
    const over = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
    expect(over).toMatchObject({ outcome: 'aborted', reason: 'aborted by ada: enough' });
    expect(await world.candidateShare()).toBe(0);
  });

  test('that is held rolls back as soon as it may by itself [M-03]', async () => {
    const id = await heldForABreach();
    await world.deployment.setRollbackPolicy(id, { autoRollback: true });
    const over = await world.status(id, 'the rollout to be rolled back', ({ isComplete }) => isComplete);
    expect(over).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' } });
  });

  test('can be overruled by a person who promotes, and calls again only for new harm [M-03]', async () => {
    const id = await heldForABreach();
    await wellAgain(id);
    await world.deployment.promoteToNextStage(id, { by: 'ada', reason: 'known bug', ifStage: 1 });
    const next = await world.status(
      id,
      'the second stage to be watched',
      ({ currentStage, checks, stageEndsAt }) =>
        currentStage === 2 && stageEndsAt !== null && (checks[0]?.candidateRequests ?? 0) > 100,
    );
    expect(next).toMatchObject({ phase: 'progressing', needsHuman: null });
    expect(next.stages[0]?.conclusion).toMatch(/^ada went on although: errorRate/);
  });

  test('can be overruled by a person who resumes the stage, also at another share, and is called again only for new harm [M-03]', async () => {
    const id = await heldForABreach();
    await wellAgain(id);
    await world.deployment.resume(id, { by: 'ada', reason: 'a hiccup' });
    const on = await world.status(
      id,
      'the stage to be watched on',
      ({ stageEndsAt, checks }) =>
        stageEndsAt !== null && (checks[0]?.value ?? 1) < 0.05 && (checks[0]?.candidateRequests ?? 0) > 100,
    );
    expect(on).toMatchObject({ phase: 'progressing', currentStage: 1, needsHuman: null });
    world.green.behaviour.errorRate = 0.5;
    const again = await world.status(id, 'the stage to be held again', ({ phase }) => phase === 'held');
    expect(again.needsHuman).toMatch(/errorRate .*> max 10 %.*a person must decide/);
    await wellAgain(id);
    await world.deployment.resume(id, { by: 'ada', modifiedConfig: { traffic: 0.1 } });
    const less = await world.status(
      id,
      'the stage to bake at another share',
      ({ stageEndsAt }) => stageEndsAt !== null,
    );
    expect(less).toMatchObject({ phase: 'progressing', currentStage: 1, trafficPercentage: 10 });
    expect(await world.candidateShare()).toBe(10);
  });

  test('that makes no sense is refused with everything that is wrong, and changes nothing [M-03] [M-06]', async () => {
    world = await startWorld();
    const id = await baking();
    await expect(
      world.deployment.setRollbackPolicy(id, { policy: { errorRateThreshold: 2, latencyIncrease: 0.5 } }),
    ).rejects.toMatchObject({
      code: 'INVALID_SPEC',
      problems: [{ path: 'policy.errorRateThreshold' }, { path: 'policy.latencyIncrease' }],
    });
    await expect(world.deployment.setRollbackPolicy(id, {})).rejects.toBeInstanceOf(CommandRefusedError);
    const handle = world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);
    await handle.signal('setRollbackPolicy', { policy: { errorRateTreshold: '2%' } });
    const told = await world.status(id, 'the signal to be recorded', ({ history }) =>
      history.some(({ what }) => what.startsWith('setRollbackPolicy ignored')),
    );
    expect(told.history.at(-1)?.what).toMatch(/there is no policy\.errorRateTreshold; known here: errorRateThreshold/);
    expect(told.rollbackPolicy).toBeUndefined();
    await handle.signal('setRollbackPolicy', {
      policy: { errorRateThreshold: 0.02, evaluationWindow: 300, consecutiveFailures: 3 },
      autoRollback: false,
      by: 'ada',
    });
    await world.status(
      id,
      'the policy to be set by a signal',
      ({ rollbackPolicy, autoRollback }) =>
        rollbackPolicy === 'error rate at most 2 % over 5m, 3 checks in a row' && autoRollback === false,
    );
  });
});
