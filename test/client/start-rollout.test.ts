import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { RolloutInFlightError } from '../../src/client/errors.js';
import { InvalidSpecError } from '../../src/domain/errors.js';
import { until } from '../contract/support/eventually.js';
import { longPlan, startWorld, type World } from '../e2e/support/world.js';

const SERVICES = ['checkout', 'finished', 'attempts', 'refusing', 'nameless', 'search', 'staged', 'invalid', 'unset'];

let world: World;

beforeAll(async () => {
  world = await startWorld({ services: SERVICES });
});

afterAll(() => world.stop());

const planOf = (service: string, version = 'v2') => longPlan({ service, name: service, version });
const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
const ended = (id: string) => world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);

async function refusal(starting: Promise<unknown>): Promise<RolloutInFlightError> {
  const error: unknown = await starting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RolloutInFlightError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
}

describe('the same request', () => {
  const requestId = 'acme/shop:9913:1:deploy';

  test('attaches to its rollout while that is in flight: a job that runs twice starts one rollout [C-10]', async () => {
    const first = await world.deployment.start(planOf('checkout'), { requestId });
    expect(first).toMatchObject({ service: 'checkout', attached: false });
    const second = await world.deployment.start(planOf('checkout'), { requestId });
    expect(second).toEqual({ ...first, attached: true });
    expect((await baked(first.id)).requestId).toBe(requestId);
  });

  test.each([
    ['nothing', ''],
    ['spaces', ' '],
    ['a name of CI whose variables are not set', ':::release'],
    ['a name of CI without its run', 'acme/shop::1:release'],
  ])('must say which it is: %s would be the id of any start, and is refused [C-10]', async (_, unset) => {
    const error: unknown = await world.deployment
      .start(planOf('unset'), { requestId: unset })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INVALID_SPEC', problems: [{ path: 'requestId' }] });
    await expect(world.deployment.getDeploymentStatus('unset')).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
  });

  test('attaches to its rollout after that has finished, also when newer ones have come since [C-10]', async () => {
    const first = await world.deployment.start(planOf('finished'), { requestId });
    await baked(first.id);
    await world.deployment.rollback(first.id);
    await ended(first.id);
    expect(await world.deployment.start(planOf('finished'), { requestId })).toEqual({ ...first, attached: true });

    const newer = await world.deployment.start(planOf('finished'), { requestId: 'acme/shop:9914:1:deploy' });
    expect(newer.id).not.toBe(first.id);
    await baked(newer.id);
    await until('the list to know the older one', async () =>
      (await world.deployment.list({ service: 'finished' })).some(({ id }) => id === first.id),
    );
    expect(await world.deployment.start(planOf('finished'), { requestId })).toEqual({ ...first, attached: true });
  });

  test('that starts many times at once starts one rollout [C-10]', async () => {
    const starts = await Promise.all(
      Array.from({ length: 6 }, () => world.deployment.start(planOf('search'), { requestId })),
    );
    expect(new Set(starts.map(({ id }) => id)).size).toBe(1);
    expect(starts.filter(({ attached }) => !attached)).toHaveLength(1);
  });

  test('for another environment of the same namespace is another rollout [C-10] [S-01]', async () => {
    const other = new CanaryDeployment({
      client: world.client,
      taskQueue: world.taskQueue,
      workflowIdPrefix: `${world.taskQueue}/production/`,
    });
    const here = await world.deployment.start(planOf('staged'), { requestId });
    await baked(here.id);
    await world.deployment.rollback(here.id);
    await ended(here.id);
    const first = await other.start(planOf('staged'), { requestId: 'acme/shop:1:1:deploy' });
    expect(first.attached).toBe(false);
    await other.rollback(first.id);
    await other.wait(first.id);
    const there = await other.start(planOf('staged'), { requestId });
    expect(there).toMatchObject({ attached: false });
    expect(there.id).not.toBe(here.id);
    await other.rollback(there.id);
    await other.wait(there.id);
  });
});

describe('a service with a rollout in flight', () => {
  test('takes another attempt of the same CI job, for the same version, as the same rollout [C-10]', async () => {
    const first = await world.deployment.start(planOf('attempts'), { requestId: 'acme/shop:77:1:deploy' });
    const again = await world.deployment.start(planOf('attempts'), { requestId: 'acme/shop:77:2:deploy' });
    expect(again).toEqual({ ...first, attached: true });
  });

  test.each([
    ['another version by another attempt', 'v3', 'acme/shop:77:2:deploy'],
    ['the same version by another job of the same run', 'v2', 'acme/shop:77:1:hotfix'],
    ['the same version by another run', 'v2', 'acme/shop:78:1:deploy'],
    ['the same version by somebody without a request', 'v2', undefined],
  ])('refuses %s and names the one in flight, and how to reach it [C-10]', async (_, version, requestId) => {
    const first = await world.deployment
      .start(planOf('refusing'), { requestId: 'acme/shop:77:1:deploy', requestedBy: 'ci:acme/shop#77' })
      .then(({ id }) => baked(id));
    const error = await refusal(
      world.deployment.start(planOf('refusing', version), requestId === undefined ? {} : { requestId }),
    );
    expect(error.code).toBe('ROLLOUT_IN_FLIGHT');
    expect(error.message).toBe(
      `refusing already has a rollout in flight: ${first.id} at 25 %, stage 1/3, started by ci:acme/shop#77`,
    );
    expect(error.next).toEqual(['headgate watch refusing', 'headgate abort refusing --reason …']);
    expect(error.inFlight.id).toBe(first.id);
  });

  test('refuses two rollouts without a version and a request as two [C-10]', async () => {
    const plan = longPlan({ service: 'nameless', name: 'nameless' });
    const first = await world.deployment.start(plan);
    const error = await refusal(world.deployment.start(plan));
    expect(error.inFlight.id).toBe(first.id);
  });
});

test('a plan with several mistakes is refused with all of them, and nothing is started [U-04]', async () => {
  const plan = longPlan({
    service: 'invalid',
    stages: [
      { trafficPercent: 50, durationMs: 1000 },
      { trafficPercent: 20, durationMs: -1 },
    ],
    monitoringIntervalMs: 0,
  });
  const error: unknown = await world.deployment.start(plan).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InvalidSpecError);
  expect((error as InvalidSpecError).problems.map(({ path }) => path)).toEqual([
    'stages[1].trafficPercent',
    'stages[1].durationMs',
    'stages[1].trafficPercent',
    'monitoringIntervalMs',
  ]);
  await expect(world.deployment.getDeploymentStatus('invalid')).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
});
