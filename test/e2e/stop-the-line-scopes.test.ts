import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writerOf } from '../../src/domain/traffic/fence.js';
import { until } from '../contract/support/eventually.js';
import { lineIn, type Line } from './support/line.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

const SERVICES = ['checkout', 'search-web', 'search-api', 'orders', 'media'];

let world: World;
let line: Line;

beforeAll(async () => {
  world = await startWorld({ services: SERVICES });
  line = lineIn(world);
});

afterEach(async () => {
  world.routerRelay.set('open');
  await line.release();
});

afterAll(() => world.stop());

const planOf = (service: string) => longPlan({ service, name: service });

describe('a scope', () => {
  test('narrows a stop: what is outside goes on, and may start [M-07]', { timeout: 120_000 }, async () => {
    const [inside, outside] = [await line.baked('search-web'), await line.baked('checkout')];
    const { stop } = await line.rollouts.stopTheLine({ scope: ['search-*'], reason: 'the index is corrupt' });
    expect(stop).toMatchObject({ scope: ['search-*'], services: 2, inFlight: [] });
    expect(await world.deployment.getDeploymentStatus(inside)).toMatchObject({ outcome: 'aborted' });
    expect(await world.deployment.getDeploymentStatus(outside)).toMatchObject({ phase: 'progressing', outcome: null });
    expect(await world.candidateShare('checkout')).toBe(25);
    await expect(world.deployment.start(planOf('search-api'))).rejects.toMatchObject({ code: 'LINE_STOPPED' });
    await line.baked('orders');
    await world.deployment.rollback(outside);
    await world.deployment.rollback('orders');
    await Promise.all([world.closed('checkout'), world.closed('orders')]);
  });

  test('that stands for no service is refused, and nothing is frozen by it [M-07]', async () => {
    await expect(line.rollouts.stopTheLine({ scope: ['chekcout'], reason: 'typed in a hurry' })).rejects.toMatchObject({
      code: 'SCOPE_MATCHES_NOTHING',
      message: expect.stringContaining('chekcout') as string,
    });
    await expect(line.rollouts.stopTheLine({ scope: [], reason: 'nothing' })).rejects.toMatchObject({
      code: 'INVALID_SCOPE',
    });
    expect((await line.rollouts.getLine()).freeze).toEqual([]);
  });

  test('of which a name stands for nothing stops the others, and names it [M-07]', async () => {
    const { stop, isInForce } = await line.rollouts.stopTheLine({ scope: ['media', 'mdeia'], reason: 'a typo' });
    expect(isInForce).toBe(true);
    expect(stop).toMatchObject({ unmatched: ['mdeia'], services: 1 });
  });
});

describe('overlapping stops', () => {
  test('do not lift each other: an empty freeze needs a release for each [M-07]', async () => {
    const first = await line.rollouts.stopTheLine({ reason: 'ada saw it', by: 'ada' });
    const second = await line.rollouts.stopTheLine({ reason: 'so did grace', by: 'grace' });
    const third = await line.rollouts.stopTheLine({ scope: ['media'], reason: 'media too', by: 'ada' });
    expect(new Set([first, second, third].map(({ stop }) => stop?.id)).size).toBe(3);
    await line.rollouts.releaseTheLine({ reason: 'mine is over', by: 'grace' });
    expect((await line.rollouts.getLine()).freeze.map(({ by, scope }) => [by, scope])).toEqual([
      ['ada', ['*']],
      ['ada', ['media']],
    ]);
    await expect(world.deployment.start(planOf('checkout'))).rejects.toMatchObject({ code: 'LINE_STOPPED' });
    await line.rollouts.releaseTheLine({ reason: 'mine as well', by: 'ada' });
    await expect(world.deployment.start(planOf('media'))).rejects.toMatchObject({ code: 'LINE_STOPPED' });
    await line.rollouts.releaseTheLine({ scope: ['media'], reason: 'all well' });
    expect((await line.rollouts.getLine()).freeze).toEqual([]);
    await expect(line.rollouts.releaseTheLine({ reason: 'once more' })).rejects.toMatchObject({ code: 'NOT_STOPPED' });
  });
});

describe('somebody who has Temporal alone', () => {
  test('starts the workflow by its name, and signals it [M-07] [M-06]', { timeout: 120_000 }, async () => {
    const id = await line.baked('checkout');
    await world.client.workflow.start('stopTheLine', {
      taskQueue: world.taskQueue,
      workflowId: line.workflowId,
      args: [{ scope: 'checkout', reason: 'by hand', by: 'ada' }],
    });
    await line.status('the stop to hold', ({ stops }) => stops[0]?.inForceSince != null);
    expect(await world.candidateShare('checkout')).toBe(0);
    expect(await world.deployment.getDeploymentStatus(id)).toMatchObject({ outcome: 'aborted' });
    const handle = world.client.workflow.getHandle(line.workflowId);
    await handle.signal('stop', {});
    const both = await line.status('the second stop', ({ stops }) => stops.length === 2);
    expect(both.stops.map(({ scope }) => scope)).toEqual([['checkout'], ['*']]);
    await handle.signal('release', { id: both.stops[0]?.id });
    await line.status('the first to be released', ({ stops }) => stops.length === 1);
    await handle.signal('release', { reason: 'over' });
    expect(await handle.result()).toMatchObject({ stops: [{ how: 'released' }, { how: 'released' }] });
  });

  test('starts a rollout by raw JSON, and its preflight refuses it [M-07]', { timeout: 120_000 }, async () => {
    await line.rollouts.stopTheLine({ scope: ['orders'], reason: 'frozen' });
    const handle = await world.client.workflow.start('canaryRollout', {
      taskQueue: world.taskQueue,
      workflowId: `${world.taskQueue}/rollout/orders`,
      args: [{ plan: planOf('orders') }],
    });
    expect(await handle.result()).toMatchObject({
      outcome: 'aborted',
      cause: 'preflight',
      moved: false,
      reason: expect.stringMatching(/the line is stopped: stop \S+ of orders.*frozen/) as string,
    });
    expect(await world.candidateShare('orders')).toBe(0);
  });
});

describe('the way back', () => {
  test(
    'is open while the line is stopped: an undo at once is neither refused nor stopped [M-07]',
    {
      timeout: 120_000,
    },
    async () => {
      const { id } = await world.deployment.start(
        quickPlan({ service: 'media', name: 'media', version: 'v2', analysis: { checks: [] } }),
      );
      await world.status(id, 'the promotion', ({ outcome }) => outcome === 'promoted');
      await world.closed('media');
      await line.rollouts.stopTheLine({ reason: 'v2 is bad' });
      expect(writerOf(await line.fenceOf('media'))).toBe('stopTheLine');
      expect(await world.candidateShare('media')).toBe(100);
      await expect(line.rollouts.undo('media', { reason: 'guarded' })).rejects.toMatchObject({ code: 'LINE_STOPPED' });
      const undo = await line.rollouts.undo('media', { now: true, reason: 'back' });
      const ended = await world.status(undo.id, 'the undo to end', ({ isComplete }) => isComplete);
      expect(ended).toMatchObject({ outcome: 'promoted' });
      expect(await world.candidateShare('media')).toBe(0);
    },
  );
});

describe('traffic that is split without a rollout', () => {
  test('is reported, and left as it is [M-07]', { timeout: 120_000 }, async () => {
    await line.baked('search-api');
    await world.client.workflow.getHandle(`${world.taskQueue}/rollout/search-api`).terminate('somebody did');
    const { stop, isInForce } = await line.rollouts.stopTheLine({ reason: 'everything' });
    expect(isInForce).toBe(true);
    expect(stop?.mixed).toMatchObject([{ service: 'search-api' }]);
    expect(await world.candidateShare('search-api')).toBe(25);
    await world.setWeights(
      [
        { backend: 'blue', percent: 100 },
        { backend: 'green', percent: 0 },
      ],
      'search-api',
    );
  });
});

describe('a data plane that is away', () => {
  test('is reported, and written as soon as it is back [M-07]', { timeout: 180_000 }, async () => {
    const id = await line.baked('checkout');
    world.routerRelay.set('refusing');
    const { isInForce, stop } = await line.rollouts.stopTheLine({ reason: 'it is away', timeoutMs: 6000 });
    expect(isInForce).toBe(false);
    expect(stop?.left.find(({ service }) => service === 'checkout')?.why).toMatch(/cannot be reached|no instance/);
    expect(await world.candidateShare('checkout')).toBe(25);
    world.routerRelay.set('open');
    await until('the traffic to be back', async () => (await world.candidateShare('checkout')) === 0);
    await line.status('the stop to hold', ({ stops }) => stops[0]?.inForceSince != null);
    expect(await world.deployment.getDeploymentStatus(id)).toMatchObject({ outcome: 'aborted' });
  });
});
