import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../contract/support/eventually.js';
import { quickPlan, longPlan, startWorld, type World } from './support/world.js';

let world: World;

afterEach(() => world.stop());

describe('a canary on real traffic', () => {
  test('a healthy candidate goes from stage to stage and in the end serves everybody [C-01] [C-04]', async () => {
    world = await startWorld();
    const load = world.startLoad();
    const { id } = await world.deployment.start(quickPlan({ version: 'v2' }), { requestedBy: 'ci:test' });
    const status = await world.status(id, 'the rollout to be promoted', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({
      phase: 'promoted',
      outcome: 'promoted',
      currentStage: 3,
      stageCount: 3,
      isComplete: true,
    });
    const set = status.history.flatMap(({ what }) => /^Stage \d of 3: (\d+) %/.exec(what)?.[1] ?? []);
    expect(set).toEqual(['25', '50', '100']);
    expect(status.stages.map((stage) => stage.state)).toEqual(['passed', 'passed', 'passed']);
    expect(await world.candidateShare()).toBe(100);
    await load.stop();
    expect(load.counts.get('v2 200')).toBeGreaterThan(0);
    expect([...load.counts.keys()].filter((key) => !key.endsWith('200'))).toEqual([]);
  });

  test('the next rollout goes the other way: nothing is copied or restarted at the end [C-01]', async () => {
    world = await startWorld();
    world.startLoad();
    await world.setWeights([
      { backend: 'green', percent: 100 },
      { backend: 'blue', percent: 0 },
    ]);
    const { id } = await world.deployment.start(longPlan({ version: 'v1' }));
    const status = await world.status(id, 'the first stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    expect(status.roles).toEqual({ baseline: 'green', candidate: 'blue' });
    expect(await world.candidateShare()).toBe(75);
  });

  test('a candidate with too many errors is caught in mid-stage and undone [C-05] [C-11]', async () => {
    world = await startWorld();
    const load = world.startLoad();
    world.green.behaviour.errorRate = 0.4;
    const { id } = await world.deployment.start(longPlan());
    const status = await world.status(id, 'the rollout to be rolled back', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ phase: 'rolledBack', outcome: 'rolledBack', currentStage: 1, trafficPercentage: 0 });
    expect(status.reason).toMatch(/errorRate/);
    expect(await world.candidateShare()).toBe(0);
    await load.stop();
    expect(load.counts.get('v2 500')).toBeGreaterThan(0);
  });

  test('a candidate that is slow is caught [C-02]', async () => {
    world = await startWorld();
    world.startLoad(100);
    world.green.behaviour.delayMs = 700;
    const { id } = await world.deployment.start(
      longPlan({ analysis: { checks: [{ kind: 'threshold', metric: 'latencyP95', max: 250, minRequests: 10 }] } }),
    );
    const status = await world.status(id, 'the rollout to be rolled back', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.reason).toMatch(/latencyP95/);
  });

  test('a candidate that fails its health probes is caught without any traffic [C-05]', async () => {
    world = await startWorld();
    const plan = longPlan({
      analysis: { checks: [] },
      health: { endpoints: ['/health'], intervalMs: 200, timeoutMs: 500, successThreshold: 0.95 },
    });
    const { id } = await world.deployment.start(plan);
    await world.status(id, 'the first stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    world.green.behaviour.healthy = false;
    const status = await world.status(id, 'the rollout to be rolled back', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ outcome: 'rolledBack' });
    expect(status.reason).toMatch(/green is unhealthy/);
  });

  test('while a stage runs the status is live: observed weights, checks with their numbers, health score [C-06]', async () => {
    world = await startWorld();
    world.startLoad();
    const { id } = await world.deployment.start(longPlan());
    const status = await world.status(
      id,
      'the watch to have a picture',
      ({ observed, checks }) => observed !== null && (checks[0]?.candidateRequests ?? 0) > 20,
    );
    expect(status.observed).toEqual(expect.arrayContaining([{ backend: 'green', percent: 25 }]));
    expect(status.checks[0]).toMatchObject({ name: expect.stringContaining('errorRate') as string, value: 0 });
    expect(status.healthScore).toBeGreaterThan(0.9);
    expect(Date.now() - Date.parse(status.asOf)).toBeLessThan(10_000);
  });

  test('too little traffic holds the weights and says what is missing; more of it lets the rollout go on [C-04] [C-14]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(quickPlan());
    const held = await world.status(id, 'the first stage to be held', ({ phase }) => phase === 'held');
    expect(held.reason).toMatch(/request/);
    expect(held.trafficPercentage).toBe(25);
    world.startLoad();
    await world.status(id, 'the rollout to go on', ({ currentStage, isComplete }) => isComplete || currentStage > 1);
  });

  test('when the baseline breaches the same check it holds and calls a person, whose abort moves at once [C-05]', async () => {
    world = await startWorld();
    world.startLoad();
    world.green.behaviour.errorRate = 0.5;
    world.blue.behaviour.errorRate = 0.5;
    const { id } = await world.deployment.start(longPlan());
    const held = await world.status(id, 'the stage to be held', ({ phase }) => phase === 'held');
    expect(held.needsHuman).toMatch(/baseline/);
    expect(await world.candidateShare()).toBe(25);
    await world.deployment.rollback(id, { reason: 'enough' });
    await eventually('the weights to be back', async () => ((await world.candidateShare()) === 0 ? true : undefined));
    const over = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
    expect(over.outcome).toBe('aborted');
  });
});
