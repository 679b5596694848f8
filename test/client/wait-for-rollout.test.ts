import { isFailingToMove, isStuck } from '../../src/domain/stages/status.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isReached, waitForRollout, WaitTimedOutError } from '../../src/client/wait-for-rollout.js';
import { type RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import { longPlan, quickPlan, startWorld, type World } from '../e2e/support/world.js';

describe('a rollout that is real', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld({ services: ['checkout', 'approved', 'staged', 'doomed'] });
    world.startLoad();
  });

  afterAll(() => world.stop());

  const unchecked = (service: string, change: Parameters<typeof quickPlan>[0] = {}) =>
    quickPlan({ service, name: service, analysis: { checks: [] }, ...change });
  const quickStages = [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 300 }));

  test('is waited for until it is promoted, and every look is told [C-06]', async () => {
    const stages = [600_000, 300].map((durationMs, at) => ({ trafficPercent: at === 0 ? 25 : 100, durationMs }));
    const { id } = await world.deployment.start(unchecked('checkout', { stages }));
    const phases = new Set<string>();
    let told = (): void => undefined;
    const progressing = new Promise<void>((resolve) => (told = resolve));
    const onStatus = ({ phase }: RolloutStatus): void => {
      phases.add(phase);
      if (phase === 'progressing') told();
    };
    const waiting = world.deployment.wait(id, { pollMs: 20, onStatus });
    await progressing;
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    await world.deployment.promoteToNextStage(id);
    const status = await waiting;
    expect(status).toMatchObject({ id, outcome: 'promoted' });
    expect(isReached(status, 'promoted')).toBe(true);
    expect([...phases].at(-1)).toBe('promoted');
  });

  test('that ends otherwise ends the waiting: the outcome says how [C-06]', async () => {
    const { id } = await world.deployment.start(longPlan({ service: 'doomed', name: 'doomed' }));
    const waiting = world.deployment.wait(id, { pollMs: 20 });
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    await world.deployment.rollback(id);
    const status = await waiting;
    expect(status.outcome).toBe('aborted');
    expect(isReached(status, 'promoted')).toBe(false);
  });

  test('is waited for until it asks for approval [C-07]', async () => {
    const { id } = await world.deployment.start(unchecked('approved', { autoProgression: false, stages: quickStages }));
    const status = await world.deployment.wait(id, { for: 'approval', pollMs: 20 });
    expect(status).toMatchObject({ phase: 'awaitingApproval', currentStage: 1 });
    await world.deployment.approve(id);
    expect(await world.deployment.wait(id, { for: { stage: 2 }, pollMs: 20 })).toMatchObject({ currentStage: 2 });
  });

  test('that does not get there in time goes on; the error says how to follow it [C-06]', async () => {
    const { id } = await world.deployment.start(longPlan({ service: 'staged', name: 'staged' }));
    const early = await world.deployment.wait(id, { for: { stage: 1 }, pollMs: 20 });
    expect(early.stageStartedAt).not.toBeNull();
    const error: unknown = await world.deployment
      .wait(id, { for: { stage: 2 }, timeoutMs: 200, pollMs: 20 })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WaitTimedOutError);
    expect(error).toMatchObject({
      code: 'WAIT_TIMED_OUT',
      next: [`headgate watch ${id}`],
      status: { id, currentStage: 1 },
    });
    expect((await world.deployment.getDeploymentStatus(id)).phase).toBe('progressing');
  });

  test('can be left alone by a signal [C-06]', async () => {
    const leaving = new AbortController();
    const waiting = world.deployment.wait('staged', { signal: leaving.signal, onStatus: () => leaving.abort() });
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

const ENDED = { endedAt: '2026-01-01T00:10:00.000Z' } as RolloutStatus['stages'][number];

describe('a rollout that nothing will come of without a person', () => {
  const status = (change: Partial<RolloutStatus>): RolloutStatus => ({
    ...({ id: 'checkout@1', outcome: null, isComplete: false, endedAt: null } as RolloutStatus),
    ...{ phase: 'progressing', currentStage: 1, stageStartedAt: '2026-01-01T00:00:00.000Z' },
    ...{ needsHuman: null, worker: 'answering', stages: [] },
    ...change,
  });

  test.each<[string, Partial<RolloutStatus>, boolean]>([
    ['held for one', { phase: 'held', needsHuman: 'drift' }, true],
    ['held, but asked again by itself', { phase: 'held' }, false],
    ['cannot be undone', { phase: 'rollingBack', needsHuman: 'the router is away' }, true],
    ['being undone', { phase: 'rollingBack' }, false],
    ['cannot set the last step', { phase: 'promoting', stageStartedAt: null, needsHuman: 'the router' }, true],
    ['at full load, with an alarm', { phase: 'promoting', needsHuman: 'nobody guards' }, false],
    ['cannot confirm the last share', { phase: 'promoting', needsHuman: 'the router', stages: [ENDED] }, true],
    [
      'moving the last share unguarded',
      { phase: 'promoting', stageStartedAt: null, needsHuman: 'every watch slot is taken', alarms: ['guard'] },
      false,
    ],
    [
      'unguarded, and cannot set the last step',
      { phase: 'promoting', stageStartedAt: null, needsHuman: 'x', alarms: ['weights', 'guard'] },
      true,
    ],
    ['cannot be undone, by name', { phase: 'rollingBack', needsHuman: 'the router is away', alarms: ['undo'] }, true],
    ['waiting for an approval', { phase: 'awaitingApproval', needsHuman: 'approve' }, true],
    ['paused, by somebody who is at work on it', { phase: 'paused' }, false],
    ['held as far as is known: its worker restarts', { phase: 'held', needsHuman: 'x', worker: 'none' }, false],
    ['held as far as is known: its worker is busy', { phase: 'held', needsHuman: 'x', worker: 'busy' }, false],
  ])('is told by its phase and by who is needed: %s [C-06] [W53]', async (_, change, stuck) => {
    expect(isStuck(status(change))).toBe(stuck);
    const waiting = waitForRollout(() => Promise.resolve(status(change)), { timeoutMs: 30, pollMs: 5 });
    if (stuck) await expect(waiting).resolves.toMatchObject(change);
    else await expect(waiting).rejects.toBeInstanceOf(WaitTimedOutError);
  });

  test('traffic that does not follow is told from a decision that is awaited', () => {
    expect(isFailingToMove(status({ phase: 'rollingBack', needsHuman: 'the router is away' }))).toBe(true);
    expect(isFailingToMove(status({ phase: 'held', needsHuman: 'drift' }))).toBe(false);
  });

  test('a look that fails ends the waiting with its reason', async () => {
    await expect(waitForRollout(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  });
});
