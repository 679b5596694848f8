import { WorkflowFailedError } from '@temporalio/client';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { createActivities, type Activities } from '../../src/activities/index.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import { shareOf } from '../../src/domain/traffic/weights.js';
import { exitOfStatus } from '../../src/cli/exit-of-status.js';
import type { TrafficRouter, WriteOptions } from '../../src/ports/traffic-router.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { until } from '../contract/support/eventually.js';
import { startWorkerWith } from './support/worker-with.js';
import { longPlan, startWorld, type World } from './support/world.js';

let world: World;

afterEach(() => world.stop());

const baked = (id: string) =>
  world.status(id, 'the stage to bake', ({ stageStartedAt, phase }) => stageStartedAt !== null && phase !== 'waiting');
const handleOf = () => world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`);

/** A data plane that does what moves traffic to 50 % when a test lets it, and that tells of every change in its order. */
function slowAt50(log: string[], gate: { open: () => void }): (service: ServicePorts) => ServicePorts {
  const opened = new Promise<void>((resolve) => {
    gate.open = resolve;
  });
  const write =
    (router: TrafficRouter): TrafficRouter['setWeights'] =>
    async (route, weights, options) => {
      const share = String(shareOf(weights, 'green'));
      log.push(`asked for ${share}`);
      if (share === '50') await opened;
      await router.setWeights(route, weights, options).finally(() => log.push(`done with ${share}`));
    };
  return (service) => ({ ...service, router: { ...service.router, setWeights: write(service.router) } });
}

describe.each(['cancel', 'abort'] as const)('a %s while weights are on their way', (how) => {
  test('leaves nobody on the candidate when they land after the undo [W1] [C-11]', async () => {
    const log: string[] = [];
    const gate = { open: (): void => undefined };
    world = await startWorld({ tamper: slowAt50(log, gate) });
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await world.deployment.promoteToNextStage(id, { reason: 'on' });
    await until('50 % to be on its way', () => log.includes('asked for 50'));
    if (how === 'cancel') await handleOf().cancel();
    else await handleOf().signal('abort', {});
    await until('the undo to be made', () => log.includes('done with 0'));
    gate.open();
    const outcome: unknown = await handleOf().result();
    expect(outcome).toMatchObject({ outcome: 'aborted' });
    await until('what was on its way to have landed', () => log.includes('done with 50'));
    expect(await world.candidateShare()).toBe(0);
    // It is not forgotten: the rollout ends only after it has landed, and has looked again.
    expect(log.lastIndexOf('done with 0')).toBeGreaterThan(log.indexOf('done with 50'));
  });
});

test('weights that land when their rollout has long ended are refused by the data plane [W1] [C-11]', async () => {
  const late: { write?: () => Promise<void> } = {};
  const keepsOne = (service: ServicePorts): ServicePorts => ({
    ...service,
    router: {
      ...service.router,
      setWeights: async (route, weights, options: WriteOptions) => {
        // Without its time limit: what refuses it must be the fence.
        const { fence, onlyIfFence } = options;
        if (shareOf(weights, 'green') === 50)
          late.write = () => service.router.setWeights(route, weights, { fence, onlyIfFence });
        await service.router.setWeights(route, weights, options);
      },
    },
  });
  world = await startWorld({ tamper: keepsOne });
  const { id } = await world.deployment.start(longPlan());
  await baked(id);
  await world.deployment.promoteToNextStage(id);
  await world.status(
    id,
    'the second stage',
    ({ currentStage, stageStartedAt }) => currentStage === 2 && stageStartedAt !== null,
  );
  await world.deployment.rollback(id);
  await world.closed('checkout');
  await expect(late.write?.()).rejects.toThrow(/outdated/);
  expect(await world.candidateShare()).toBe(0);
});

test('a fault of our own undoes what was done, fails the workflow, and lets the service go [W5]', async () => {
  world = await startWorld({ worker: 'none' });
  const honest = createActivities(world.ports);
  let isBroken = true;
  const activities: Activities = {
    ...honest,
    // As after a mistake of ours: an answer that the workflow does not expect.
    setWeights: async (input) => {
      const report = await honest.setWeights(input);
      return isBroken && shareOf(input.weights, 'green') === 50 ? (JSON.parse('null') as typeof report) : report;
    },
  };
  const worker = await startWorkerWith(world.taskQueue, activities);
  onTestFinished(() => worker.stop());
  const { id } = await world.deployment.start(longPlan());
  await baked(id);
  await world.deployment.promoteToNextStage(id);
  const failure: unknown = await handleOf()
    .result()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  expect((failure as WorkflowFailedError).cause).toMatchObject({
    type: 'HEADGATE_FAULT',
    message: expect.stringMatching(/^Headgate itself failed: .*; traffic is at green 0 %, blue 100 %$/) as string,
  });
  expect(await world.candidateShare()).toBe(0);
  const status = await world.deployment.getDeploymentStatus(id);
  expect(status.reason).toMatch(/^Headgate itself failed: .*; traffic is at green 0 %, blue 100 %$/);
  isBroken = false;
  const next = await world.deployment.start(longPlan());
  await baked(next.id);
});

test('an undo that is done is not reported as failing for the step before it that could not be made [W6] [C-11]', async () => {
  let refuses = false;
  const refusing = (router: TrafficRouter): TrafficRouter => ({
    ...router,
    setWeights: (route, weights, options) =>
      refuses && shareOf(weights, 'green') > 0
        ? Promise.reject(new AdapterUnavailableError('router', 'not now'))
        : router.setWeights(route, weights, options),
  });
  world = await startWorld({ tamper: (service) => ({ ...service, router: refusing(service.router) }) });
  const { id } = await world.deployment.start(longPlan());
  await baked(id);
  refuses = true;
  await world.deployment.promoteToNextStage(id);
  await world.status(id, 'people to be called for the step forward', ({ needsHuman }) => /50 %/.test(needsHuman ?? ''));
  await world.deployment.rollback(id, { reason: 'enough' });
  const seen: string[] = [];
  const status = await world.deployment.wait(id, { pollMs: 20, onStatus: (one) => seen.push(exitOfStatus(one)) });
  expect([status.outcome, status.needsHuman]).toEqual(['aborted', null]);
  expect(seen).not.toContain('undoFailing');
});
