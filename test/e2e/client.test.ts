import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { InvalidSpecError } from '../../src/domain/errors.js';
import type { CanaryOptions } from '../../src/spec/canary/canary-options.js';
import { startWorld, type World } from './support/world.js';

const SERVICES = ['checkout', 'paused', 'timed', 'resumed', 'approved', 'manual', 'window', 'lasting'];

let world: World;

beforeAll(async () => {
  world = await startWorld({ services: SERVICES });
  world.startLoad();
});

afterAll(() => world.stop());

/** Ten minutes a stage: nothing here ends by itself. */
const STAGES: NonNullable<CanaryOptions['stages']> = [
  { traffic: 0.25, durationMinutes: 10 },
  { traffic: 0.5, durationMinutes: 10 },
  { traffic: 1, durationMinutes: null },
];

/** About a second, then a third of one. */
const QUICK: NonNullable<CanaryOptions['stages']> = [
  { traffic: 0.25, durationMinutes: 0.02 },
  { traffic: 0.5, durationMinutes: 0.005 },
  { traffic: 1, durationMinutes: null },
];

async function baking(service: string, stages = STAGES): Promise<string> {
  const { id } = await world.deployment.createDeployment({ name: service, service, stages, monitoringInterval: 1 });
  await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
  return id;
}

describe('a program that', () => {
  test('creates a deployment gets its handle, and every other call takes the handle or its id [C-01] [U-03]', async () => {
    const deployment = new CanaryDeployment({
      client: world.client,
      service: 'checkout',
      taskQueue: world.taskQueue,
      workflowIdPrefix: `${world.taskQueue}/`,
    });
    const handle = await deployment.createDeployment({
      name: 'checkout v2',
      stages: STAGES,
      successCriteria: { errorRate: { max: 0.05 }, latencyP99: { max: 2000 }, successRate: { min: 0.9 } },
    });
    expect(handle).toMatchObject({ service: 'checkout', attached: false });
    expect(handle.id).toMatch(/^checkout@[0-9a-f-]{36}$/);
    await world.status(handle.id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    const byHandle = await deployment.getDeploymentStatus(handle);
    expect(byHandle).toMatchObject({ name: 'checkout v2', stageCount: 3, trafficPercentage: 25, currentStage: 1 });
    expect(await deployment.getDeploymentStatus(handle.id)).toMatchObject({ id: handle.id });
    await deployment.rollback(handle, { by: 'Ada', reason: 'a test' });
    expect(await deployment.wait(handle, { pollMs: 20 })).toMatchObject({
      outcome: 'aborted',
      reason: 'aborted by Ada: a test',
    });
  });

  test('names no service, and has none configured, is told so before anything starts [C-01] [U-04]', async () => {
    const refused: unknown = await world.deployment
      .createDeployment({ name: 'x', stages: STAGES })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidSpecError);
    expect((refused as InvalidSpecError).problems.map(({ path }) => path)).toEqual(['service']);
  });

  test('pauses keeps the remaining stage time; guarding goes on; a resume lets the clock run again [C-09]', async () => {
    const id = await baking('paused');
    await world.deployment.pause(id, { by: 'Ada', reason: 'lunch' });
    const paused = await world.statusNow(id);
    expect(paused).toMatchObject({ phase: 'paused', reason: 'paused by Ada: lunch', stageEndsAt: null });
    expect(paused.pausedRemainingMs).toBeGreaterThan(500_000);
    expect(paused.pausedRemainingMs).toBeLessThan(600_000);
    const later = await world.status(id, 'the watch to look on', ({ asOf }) => asOf > paused.asOf);
    expect(later.pausedRemainingMs).toBe(paused.pausedRemainingMs);

    const resumedAtMs = Date.now();
    await world.deployment.resume(id);
    const { stageEndsAt, phase } = await world.statusNow(id);
    expect(phase).toBe('progressing');
    // What ran before the pause is not given back, what was left is not taken.
    const leftMs = Date.parse(stageEndsAt ?? '') - resumedAtMs;
    expect(leftMs).toBeGreaterThanOrEqual((paused.pausedRemainingMs ?? 0) - 1000);
    expect(leftMs).toBeLessThan((paused.pausedRemainingMs ?? 0) + 10_000);
  });

  test('pauses for a time is resumed by itself [C-09]', async () => {
    const id = await baking('timed');
    expect(await world.deployment.pause(id, { durationMinutes: 0.02 })).toMatchObject({ phase: 'paused' });
    const status = await world.status(id, 'the pause to be over', ({ phase }) => phase === 'progressing');
    expect(status.history.at(-1)?.what).toBe('The pause is over');
  });

  test('resumes with another share stays in its stage, whose clock begins anew [C-09]', async () => {
    const id = await baking('resumed');
    await world.deployment.pause(id);
    const { pausedRemainingMs } = await world.statusNow(id);
    await world.deployment.resume(id, { modifiedConfig: { traffic: 0.4, monitoringInterval: 1 } });
    const status = await world.status(
      id,
      'the changed share to bake',
      ({ stageEndsAt, trafficPercentage }) => trafficPercentage === 40 && stageEndsAt !== null,
    );
    expect(status).toMatchObject({ currentStage: 1, phase: 'progressing' });
    expect(await world.candidateShare('resumed')).toBe(40);
    const leftMs = Date.parse(status.stageEndsAt ?? '') - Date.parse(status.stageStartedAt ?? '');
    expect(leftMs).toBeGreaterThanOrEqual(600_000);
    expect(leftMs).toBeGreaterThan(pausedRemainingMs ?? 0);
  });

  test('enables auto-progression with approval of every stage is asked at each [C-07]', async () => {
    const { id } = await world.deployment.createDeployment({
      name: 'approved',
      service: 'approved',
      stages: QUICK,
      // Until it is enabled: a stage of a second must not be over before.
      autoProgression: false,
    });
    await world.deployment.enableAutoProgression(id, { monitoringInterval: 1, requireManualApproval: 'every-stage' });
    for (const stage of [1, 2]) {
      const asked = await world.status(
        id,
        `approval of stage ${String(stage)}`,
        ({ phase, currentStage }) => phase === 'awaitingApproval' && currentStage === stage,
      );
      expect(asked.needsHuman).toMatch(/approval/);
      expect(asked.takes).toEqual(expect.arrayContaining(['approve', 'reject', 'abort']));
      await world.deployment.approve(id, { ifStage: stage, by: 'Ada' });
    }
    const last = await world.status(id, 'full load', ({ currentStage }) => currentStage === 3);
    expect(last.stages[0]?.conclusion).toMatch(/approved by Ada/);
  });

  test('disables auto-progression promotes every stage itself; full goes straight to 100 % [C-07] [C-08]', async () => {
    const { id } = await world.deployment.createDeployment({
      name: 'manual',
      service: 'manual',
      stages: QUICK,
      autoProgression: false,
    });
    await world.status(id, 'the first stage to wait', ({ phase }) => phase === 'awaitingApproval');
    expect(await world.candidateShare('manual')).toBe(25);
    expect(await world.deployment.promoteToNextStage(id, { full: true, by: 'Ada' })).toMatchObject({
      rolloutId: id,
      currentStage: 1,
      effect: 'Promoted from 25 % straight to 100 %',
    });
    const status = await world.status(
      id,
      'full load',
      ({ currentStage, stageStartedAt }) => currentStage === 3 && stageStartedAt !== null,
    );
    expect(status.phase).toBe('promoting');
    expect(await world.candidateShare('manual')).toBe(100);
  });

  test('leaves the last stage open has a rollback window of ten minutes; finish ends it early [C-01]', async () => {
    const { id } = await world.deployment.createDeployment({ name: 'window', service: 'window', stages: QUICK });
    const status = await world.status(
      id,
      'full load',
      ({ currentStage, stageEndsAt }) => currentStage === 3 && stageEndsAt !== null,
    );
    expect(Date.parse(status.stageEndsAt ?? '') - Date.parse(status.stageStartedAt ?? '')).toBe(600_000);
    await world.deployment.finish(id, { by: 'Ada' });
    expect(await world.deployment.wait(id, { pollMs: 20 })).toMatchObject({ outcome: 'promoted' });
    expect(await world.candidateShare('window')).toBe(100);
  });

  test('rolls back in the rollback window has everybody on the baseline again [C-01] [C-11]', async () => {
    const { id } = await world.deployment.createDeployment({ name: 'lasting', service: 'lasting', stages: QUICK });
    await world.status(id, 'full load', ({ currentStage, stageEndsAt }) => currentStage === 3 && stageEndsAt !== null);
    await world.deployment.emergencyStop(id, { reason: 'the phone rings' });
    expect(await world.deployment.wait(id, { pollMs: 20 })).toMatchObject({
      outcome: 'aborted',
      stop: { cause: 'emergencyStop' },
    });
    expect(await world.candidateShare('lasting')).toBe(0);
  });
});
