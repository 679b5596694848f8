import { afterEach, describe, expect, test } from 'vitest';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import type { StagePlan } from '../../src/domain/stages/plan.js';
import { longPlan, startWorld, type World } from './support/world.js';

let world: World;

afterEach(() => world.stop());

/** Errors of at most 20 % can be proven by some hundred requests. */
const PROVABLE: CanaryPlan['analysis'] = {
  checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.2, minRequests: 1 }],
  dispersion: 1,
};

function evidencePlan(first: Partial<StagePlan>, change: Partial<CanaryPlan> = {}): CanaryPlan {
  const [, ...rest] = longPlan().stages;
  const stages = [{ trafficPercent: 25, durationMs: 600_000, ...first }, ...rest];
  return longPlan({ stages, analysis: PROVABLE, ...change });
}

describe('the evidence clock, on real traffic', () => {
  test('ends a stage of ten minutes in seconds when health is proven, and says so [C-04]', async () => {
    world = await startWorld();
    // So few at first that what is missing can be read in peace.
    world.startLoad(8);
    const { id } = await world.deployment.start(evidencePlan({ advanceOnEvidence: true }));
    const words =
      /it may end early: errorRate needs about \d+ more requests? to prove health \(.*at the present rate\)/;
    await world.status(id, 'the stage to say what it waits for', ({ reason }) => words.test(reason));
    world.startLoad();
    const { stages, history } = await world.status(id, 'the second stage', ({ currentStage }) => currentStage === 2);
    expect(stages[0]).toMatchObject({
      state: 'passed',
      conclusion: expect.stringContaining('errorRate 0 %') as string,
    });
    expect(history.map(({ what }) => what).join('\n')).toMatch(/Stage 1 may end 10 m early: errorRate .*proven/);
    const { currentStage, stageEndsAt } = await world.status(
      id,
      'the second stage to bake',
      (status) => status.stageEndsAt !== null && status.currentStage === 2,
    );
    expect([currentStage, Date.parse(stageEndsAt ?? '') > Date.now() + 500_000]).toEqual([2, true]);
  });

  test('waits with a proof for the end of a pause [C-04] [C-09]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(evidencePlan({ advanceOnEvidence: true }));
    await world.status(id, 'the first stage to bake', ({ stageEndsAt }) => stageEndsAt !== null);
    await world.deployment.pause(id);
    world.startLoad();
    const paused = await world.status(id, 'health to be proven', ({ checks }) => checks[0]?.proof?.proven === true);
    expect(paused).toMatchObject({ phase: 'paused', currentStage: 1 });
    await world.deployment.resume(id);
    await world.status(id, 'the second stage', ({ currentStage }) => currentStage === 2);
  });

  test('holds for want of evidence and says how much is missing; more traffic lets it go on [C-04]', async () => {
    world = await startWorld();
    world.startLoad(5);
    const plan = evidencePlan({ durationMs: 2000 }, { analysis: { ...PROVABLE, proof: 'evidence' } });
    const { id } = await world.deployment.start(plan);
    const held = await world.status(id, 'the stage to be held', ({ phase }) => phase === 'held');
    expect(held.reason).toMatch(/errorRate .*needs about \d+ more requests.*at the present rate/);
    expect(await world.candidateShare()).toBe(25);
    world.startLoad(200);
    const { stages } = await world.status(id, 'the second stage', ({ currentStage }) => currentStage === 2);
    expect(stages[0]?.conclusion).toMatch(/proven$/);
  });

  test('ends by its policy when the longest time is over [C-04] [C-14]', async () => {
    world = await startWorld();
    const plan = evidencePlan(
      { durationMs: 1000, maxDurationMs: 2500 },
      { onUnknown: { action: 'abort', deadlineMs: 600_000 } },
    );
    const { id } = await world.deployment.start(plan);
    const over = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
    expect(over).toMatchObject({ outcome: 'aborted', stop: { cause: 'unknownDeadline' }, currentStage: 1 });
    expect(over.reason).toMatch(/^still unknown after 2s500ms, the longest it may last: errorRate needs about/);
    expect(await world.candidateShare()).toBe(0);
  });
});
