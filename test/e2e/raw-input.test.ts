import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { RolloutOutcome } from '../../src/workflows/messages.js';
import { BAD_STARTS } from '../domain/canary/bad-starts.js';
import { eventually } from '../contract/support/eventually.js';
import { buildCommandLine, commandLineFor } from './support/command-line.js';
import { longPlan, startWorld, type World } from './support/world.js';

const SECONDS = 1000;

let world: World;
const idOf = (service: string): string => `${world.taskQueue}/rollout/${service}`;
const handleOf = (service = 'checkout'): WorkflowHandle => world.client.workflow.getHandle(idOf(service));

type Started = WorkflowHandle & { readonly firstExecutionRunId: string };

const startUnder = (workflowId: string, input: unknown): Promise<Started> =>
  world.client.workflow.start('canaryRollout', {
    workflowId,
    workflowIdConflictPolicy: 'FAIL',
    taskQueue: world.taskQueue,
    args: [input],
  });

const startRaw = (input: unknown, service = 'checkout'): Promise<Started> => startUnder(idOf(service), input);

const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);

const ended = (handle: WorkflowHandle): Promise<RolloutOutcome> =>
  world.client.withDeadline(Date.now() + 60 * SECONDS, () => handle.result() as Promise<RolloutOutcome>);

describe('a rollout that is started from raw JSON', () => {
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  test.each(BAD_STARTS.map((bad) => [bad.what, bad] as const))(
    'with %s ends at once, says why, moves nothing, and lets go of the service [W5]',
    async (_, { change, paths }) => {
      const handle = await startRaw(change(longPlan()));
      const outcome = await ended(handle);
      expect(outcome).toMatchObject({ outcome: 'aborted', cause: 'preflight', weights: null });
      for (const path of paths) expect(outcome.reason).toContain(`${path}: `);
      expect(outcome.reason.length).toBeLessThan(2000);
      const { status, runId } = await handle.describe();
      expect([status.name, runId]).toEqual(['COMPLETED', handle.firstExecutionRunId]);
      expect(await world.candidateShare()).toBe(0);
    },
  );

  test('is listed like others, and an abort without an id finds it [W35]', { timeout: 120_000 }, async () => {
    const service = 'checkout';
    const { firstExecutionRunId } = await startRaw({ plan: longPlan() });
    const id = `${service}@${firstExecutionRunId}`;
    await baked(id);
    // What a list shows follows what has happened by a moment.
    const listed = await eventually('it to be listed at its stage', async () => {
      const found = await world.deployment.list({ service, inFlight: true });
      return found.some(({ stage }) => stage === 1) ? found : undefined;
    });
    expect(listed).toMatchObject([{ id, service, stage: 1, trafficPercentage: 25 }]);
    await buildCommandLine();
    const headgate = await commandLineFor(world);
    try {
      const { code, stdout } = await headgate.run('abort', '--reason', 'not needed');
      expect(stdout).toContain(id);
      expect(code).toBe(0);
      expect(await ended(handleOf())).toMatchObject({ outcome: 'aborted', cause: 'abort' });
      expect(await world.candidateShare()).toBe(0);
    } finally {
      await headgate.remove();
    }
  });

  test.each([
    ['a random id, as the Temporal UI proposes it', () => randomUUID()],
    ["another service's id", () => idOf('shop')],
    ['an id that only begins with its own', () => idOf('checkout-2')],
    ['the name of the service alone', () => `${world.taskQueue}/checkout`],
  ])('under %s ends at once, names the id that it needs, and moves nothing [W35] [C-10]', async (_, newId) => {
    const workflowId = newId();
    const handle = await startUnder(workflowId, { plan: longPlan() });
    const outcome = await ended(handle);
    expect(outcome).toMatchObject({ outcome: 'aborted', cause: 'preflight', moved: false, weights: null });
    expect(outcome.reason).toContain('rollout/checkout');
    expect(outcome.reason).toContain(workflowId);
    expect(await world.candidateShare()).toBe(0);
    expect((await handle.describe()).status.name).toBe('COMPLETED');
    const history = await handle.fetchHistory();
    const workflowBundle = { codePath: inject('workflowBundlePath') };
    await expect(Worker.runReplayHistory({ workflowBundle }, history, workflowId)).resolves.toBeUndefined();
  });

  test('with lists nested a hundred thousand deep ends as well [W5]', async () => {
    const data = JSON.stringify({ plan: { ...longPlan(), health: '?' } }).replace(
      '"?"',
      '['.repeat(1e5) + ']'.repeat(1e5),
    );
    await world.client.workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId: idOf('checkout'),
      requestId: randomUUID(),
      workflowType: { name: 'canaryRollout' },
      taskQueue: { name: world.taskQueue },
      input: { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(data) }] },
    });
    const { reason } = await ended(handleOf());
    expect(reason).toContain('health: This is of the wrong kind; expected an object, got a list of 1');
  });

  test('with fields that nobody here knows runs without them, and warns of them [W5]', async () => {
    const handle = await startRaw({
      plan: { ...longPlan(), helth: { endpoints: ['/health'] } },
      note: 'x'.repeat(300_000),
    });
    const { warnings } = await baked(`checkout@${handle.firstExecutionRunId}`);
    expect(warnings).toContain('the input has a field "helth" that nobody here knows: it is ignored');
    await handle.signal('abort');
    expect(await ended(handle)).toMatchObject({ outcome: 'aborted', cause: 'abort' });
  });

  test.each([undefined, null, {}, { lines: 'all' }, { lines: [null] }])(
    'that only keeps a record fails at once with %j: nobody but a rollout has lines to keep [W5]',
    async (input) => {
      const handle = await world.client.workflow.start('keepRecord', {
        workflowId: idOf(`checkout/journal/${randomUUID()}`),
        taskQueue: world.taskQueue,
        args: [input],
      });
      await expect(ended(handle)).rejects.toMatchObject({ cause: { type: 'INVALID_INPUT' } });
    },
  );
});

describe('a text of any length', () => {
  afterEach(() => world.stop());

  test('in signals stops no rollout from being stopped: four reasons of 600 KB, one of 1.2 MB, then the emergency stop [W31]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    for (const verb of ['pause', 'resume', 'pause', 'resume'])
      await handleOf().signal(verb, { reason: 'r'.repeat(600 * 1024), by: 'ci' });
    await handleOf().signal('pause', { reason: '🚀'.repeat(300 * 1024), by: 'ci' });
    await handleOf().signal('emergencyStop', { reason: 'now' });
    expect(await ended(handleOf())).toMatchObject({ outcome: 'aborted', cause: 'emergencyStop' });
    expect(await world.candidateShare()).toBe(0);
    const record = await world.journal.read({ rolloutId: id });
    const paused = record.filter(({ what }) => what.startsWith('Paused'));
    expect(paused).toHaveLength(3);
    expect(paused[0]?.why).toMatch(/^r+… \(cut; 614,400 characters\)$/);
    expect(JSON.stringify(record).length).toBeLessThan(100_000);
  });

  test('in the reason of an abort does not stop it: it aborts, and says so in short [W31]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    await handleOf().signal('abort', {
      reason: 'r'.repeat(1_000_000),
      by: 'b'.repeat(500_000),
      commandId: 'c'.repeat(300_000),
    });
    const { outcome, reason } = await ended(handleOf());
    expect(outcome).toBe('aborted');
    expect(reason).toMatch(/^aborted by b+… \(cut; 500,000 characters\): r+… \(cut; 1,000,000 characters\)$/);
  });

  test('is refused with its bound where somebody is answered, and changes nothing [W31]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    const reason = 'r'.repeat(700 * 1024);
    const words = /reason: This is too long; expected at most 500 characters, got 716,800 characters/;
    await expect(world.deployment.pause(id, { reason })).rejects.toMatchObject({
      code: 'INVALID_COMMAND',
      message: expect.stringMatching(words) as string,
    });
    await expect(handleOf().executeUpdate('pause', { args: [{ reason }] })).rejects.toMatchObject({
      cause: { type: 'INVALID_COMMAND', message: expect.stringMatching(words) as string },
    });
    await expect(world.deployment.start(longPlan(), { requestedBy: reason })).rejects.toThrow(
      /requestedBy: This is too long/,
    );
    expect(await world.statusNow(id)).toMatchObject({ phase: 'progressing' });
    await world.deployment.rollback(id, { reason });
    expect((await ended(handleOf())).reason).toMatch(/^aborted: r+… \(cut; 716,800 characters\)$/);
  });

  test('in eight updates at once, of a megabyte each, ends no rollout but by an abort [W31]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    const policy = { errorRateThreshold: 0.2, reason: 'r'.repeat(950_000) };
    const updates = Array.from({ length: 8 }, () =>
      world.client.withDeadline(Date.now() + 5 * SECONDS, () =>
        handleOf().executeUpdate('setRollbackPolicy', { args: [{ policy }] }),
      ),
    );
    for (const { status } of await Promise.allSettled(updates)) expect(status).toBe('rejected');
    expect(await world.statusNow(id)).toMatchObject({ phase: 'progressing', trafficPercentage: 25 });
    await handleOf().signal('abort', {});
    expect(await ended(handleOf())).toMatchObject({ outcome: 'aborted', cause: 'abort' });
  });

  test('with halves of characters and control characters jams nothing [W31]', async () => {
    world = await startWorld();
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    const odd = 'half \ud83d and \u0000 and \u001b[31m';
    await expect(handleOf().executeUpdate('pause', { args: [{ rolloutId: odd, reason: odd }] })).rejects.toMatchObject({
      cause: { type: 'INVALID_COMMAND' },
    });
    await handleOf().signal('pause', { rolloutId: odd, reason: odd });
    await handleOf().signal('pause', { reason: odd, by: odd });
    const paused = await world.status(id, 'the pause', ({ phase }) => phase === 'paused');
    expect(paused.reason).toBe(
      'paused by half \ufffd and \ufffd and \ufffd[31m: half \ufffd and \ufffd and \ufffd[31m',
    );
    await handleOf().signal('abort', {});
    expect(await ended(handleOf())).toMatchObject({ outcome: 'aborted' });
  });

  test('that a router says for itself is an alarm in short, and the rollout can be aborted [W31]', async () => {
    let isTalkative = false;
    world = await startWorld({
      tamper: (service) => ({
        ...service,
        router: {
          ...service.router,
          setWeights: (route, weights, limits) =>
            isTalkative
              ? Promise.reject(new Error(`<html>${'x'.repeat(10 * 1024 * 1024)}`))
              : service.router.setWeights(route, weights, limits),
        },
      }),
    });
    const { id } = await world.deployment.start(longPlan());
    await baked(id);
    isTalkative = true;
    await world.deployment.promoteToNextStage(id);
    const alarmed = await world.status(id, 'the alarm', ({ needsHuman }) => needsHuman !== null);
    expect(alarmed.needsHuman?.length).toBeLessThan(2000);
    await world.deployment.rollback(id);
    isTalkative = false;
    expect(await ended(handleOf())).toMatchObject({ outcome: 'aborted', cause: 'abort' });
    await eventually('all traffic to be on blue', async () =>
      (await world.candidateShare()) === 0 ? true : undefined,
    );
  });
});
