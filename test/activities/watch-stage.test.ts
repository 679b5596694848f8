import { CompleteAsyncError } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import type { WatchEnd, WatchInput } from '../../src/activities/contracts.js';
import { setWeights } from '../../src/activities/traffic.js';
import { watchStage } from '../../src/activities/watch-stage.js';
import type { WatchMemory } from '../../src/activities/watch/stage-watch.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { until } from '../contract/support/eventually.js';
import { fitService, somePlan, someTraffic, worldOf } from './support/fabricated.js';

const INTERVAL_MS = 50;
const FENCE = 16;

/** A stage that has lasted for twenty intervals. */
function viewOf(change: Partial<WatchInput> = {}): WatchInput {
  return {
    plan: somePlan({ monitoringIntervalMs: INTERVAL_MS }),
    rolloutId: 'checkout@1',
    roles: { baseline: 'blue', candidate: 'green' },
    stage: 1,
    stageCount: 2,
    sharePercent: 25,
    startedAtMs: Date.now() - 20 * INTERVAL_MS,
    monitoringIntervalMs: INTERVAL_MS,
    fences: [FENCE],
    carried: null,
    known: { drift: false, sharedBreach: false },
    ...change,
  };
}

const asSet = [
  {
    instance: 'a',
    weights: [
      { backend: 'green', percent: 25 },
      { backend: 'blue', percent: 75 },
    ],
    fence: FENCE,
  },
];

function service(change: Partial<ServicePorts> = {}): ServicePorts {
  return fitService({
    router: { ...fitService().router, readWeights: () => Promise.resolve(asSet), setWeights: () => Promise.resolve() },
    metrics: failing({ green: 0, blue: 0 }),
    ...change,
  });
}

/** So many errors of a hundred requests in every interval. */
function failing(errors: Readonly<Record<string, number>>): ServicePorts['metrics'] {
  return {
    samples: ({ backend, fromMs, toMs, stepMs }) =>
      Promise.resolve(
        Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, () => someTraffic(100, errors[backend] ?? 0)),
      ),
    scalar: () => Promise.resolve('no-data'),
  };
}

interface Watched {
  readonly environment: MockActivityEnvironment;
  readonly memories: WatchMemory[];
  /** What Temporal hears of it once its activity has ended. */
  readonly signsAfterwards: readonly unknown[];
  readonly end: Promise<WatchEnd>;
}

function watch(of: ServicePorts, input = viewOf(), memory?: WatchMemory, world = worldOf(of)): Watched {
  const signsAfterwards: unknown[] = [];
  const environment = new MockActivityEnvironment(memory === undefined ? {} : { heartbeatDetails: memory }, {
    client: temporalThatHears(signsAfterwards),
  });
  const memories: WatchMemory[] = [];
  environment.on('heartbeat', (details: WatchMemory) => memories.push(details));
  return { environment, memories, signsAfterwards, end: environment.run(() => watchStage(world, input)) };
}

/** Hears one sign of life of an activity that has ended, and has closed its rollout when the next one comes. */
function temporalThatHears(signs: unknown[]): Client {
  const heartbeat = (_: Uint8Array, details: unknown): Promise<void> => {
    signs.push(details);
    return signs.length === 1 ? Promise.resolve() : Promise.reject(new Error('the rollout has closed'));
  };
  const within = (_: unknown, work: () => Promise<unknown>): Promise<unknown> => work();
  return { withDeadline: within, withAbortSignal: within, activity: { heartbeat } } as unknown as Client;
}

/** Goes on watching until it has looked so often; then it is called off. */
async function looks(watched: Watched, times = 3): Promise<WatchMemory> {
  await until(`${String(times)} looks`, () => watched.memories.length >= times);
  watched.environment.cancel('CANCELLED');
  await expect(watched.end).rejects.toMatchObject({ name: 'CancelledFailure' });
  return watched.memories.at(-1) ?? expect.fail('it has not looked');
}

describe('a watch', () => {
  test('goes on while nothing is wrong, and tells in every heartbeat what it sees [C-06]', async () => {
    const health = { endpoints: ['/health'], intervalMs: 3_600_000, timeoutMs: 100, successThreshold: 0.5 };
    const { picture, probes } = await looks(watch(service({ health })));
    expect(picture).toMatchObject({ stage: 1, observed: asSet[0]?.weights, trouble: [], probeSuccess: 1 });
    expect(picture.candidateRequests).toBeGreaterThanOrEqual(2000);
    expect(picture.checks[0]).toMatchObject({ value: 0 });
    expect(probes.results).toEqual([true]);
  });

  test('ends without a word when the undo is done: it would only look like a drift [C-10]', async () => {
    const undone = [{ backend: 'blue', percent: 100 }];
    let weights = asSet;
    const router: ServicePorts['router'] = {
      ...fitService().router,
      readWeights: () => Promise.resolve(weights),
      setWeights: () => {
        weights = [{ instance: 'a', weights: undone, fence: FENCE }];
        return Promise.resolve();
      },
    };
    const world = worldOf(service({ router }));
    const watched = watch(
      service({ router }),
      viewOf({ startedAtMs: Date.now(), monitoringIntervalMs: 3_600_000 }),
      undefined,
      world,
    );
    await until('a first look', () => watched.memories.length > 0);
    const ended = expect(watched.end).rejects.toBeInstanceOf(CompleteAsyncError);
    const end = (rolloutId: string) =>
      new MockActivityEnvironment().run(() =>
        setWeights(world, { service: 'checkout', rolloutId, weights: undone, fence: FENCE, ends: true }),
      );
    await end('another@1');
    await end('checkout@1');
    await ended;
    // Its rollout may take long to close: a watch that is missed would be handed out again.
    await until('a sign of life', () => watched.signsAfterwards.length > 0);
    expect(watched.signsAfterwards[0]).toHaveProperty('picture');
  });

  test('comes back with a breach of the candidate [C-05]', async () => {
    const end = await watch(service({ metrics: failing({ green: 40, blue: 0 }) })).end;
    expect(end).toMatchObject({ kind: 'breach', shared: false, reason: expect.stringMatching(/errorRate/) as string });
  });

  test('has said why it undoes the stage before anybody can meet its fence [C-05] [C-21]', async () => {
    const met: unknown[] = [];
    const router: ServicePorts['router'] = {
      ...fitService().router,
      readWeights: () => Promise.resolve(asSet),
      setWeights: async (_, __, { fence }) => void met.push(await world.undos.undoOf('checkout@1', fence)),
    };
    const bad = service({ router, metrics: failing({ green: 40, blue: 0 }) });
    const world = worldOf(bad);
    await watch(bad, undefined, undefined, world).end;
    expect(met[0]).toMatchObject({ reason: expect.stringMatching(/errorRate/) as string });
  });

  test('says that the baseline breaches it as well, once [C-05]', async () => {
    const both = service({ metrics: failing({ green: 40, blue: 40 }) });
    expect(await watch(both).end).toMatchObject({ kind: 'breach', shared: true });
    await looks(watch(both, viewOf({ known: { drift: false, sharedBreach: true } })));
  });

  test('comes back with drift, once [C-13]', async () => {
    const weights = [
      { backend: 'green', percent: 60 },
      { backend: 'blue', percent: 40 },
    ];
    const drifted = service({
      router: {
        ...fitService().router,
        readWeights: () => Promise.resolve([{ instance: 'a', weights, fence: FENCE }]),
      },
    });
    expect(await watch(drifted).end).toMatchObject({ kind: 'drift' });
    const { picture } = await looks(watch(drifted, viewOf({ known: { drift: true, sharedBreach: false } })));
    expect(picture.observed).toEqual(weights);
  });

  const PROVABLE = somePlan({
    monitoringIntervalMs: INTERVAL_MS,
    analysis: { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.05 }], dispersion: 1 },
  });

  test('comes back with proof of health when somebody waits for it, and only then [C-04]', async () => {
    const asked = viewOf({ plan: PROVABLE, proofFromMs: Date.now() });
    expect(await watch(service(), asked).end).toMatchObject({
      kind: 'proven',
      reason: expect.stringMatching(/^errorRate 0 % .* proven$/) as string,
    });
    const { picture } = await looks(watch(service(), viewOf({ plan: PROVABLE })));
    expect(picture.checks[0]?.proof).toMatchObject({ proven: true });
  });

  test.each<[string, Partial<WatchInput>, Partial<ServicePorts>]>([
    ['too early', { proofFromMs: Date.now() + 3_600_000 }, {}],
    ['while fixed bounds alone are within', { plan: somePlan({ monitoringIntervalMs: INTERVAL_MS }) }, {}],
    ['while too many fail for a proof', {}, { metrics: failing({ green: 4, blue: 4 }) }],
  ])('does not come back with proof %s [C-04]', async (_, change, of) => {
    await looks(watch(service(of), viewOf({ plan: PROVABLE, proofFromMs: 1, ...change })));
  });

  test('comes back with harm rather than with proof [C-05]', async () => {
    const weights = [
      { backend: 'green', percent: 60 },
      { backend: 'blue', percent: 40 },
    ];
    const drifted = service({
      router: {
        ...fitService().router,
        readWeights: () => Promise.resolve([{ instance: 'a', weights, fence: FENCE }]),
      },
    });
    expect(await watch(drifted, viewOf({ plan: PROVABLE, proofFromMs: 1 })).end).toMatchObject({ kind: 'drift' });
  });

  test.each<[string, Partial<ServicePorts>, RegExp]>([
    [
      'metrics are away',
      { metrics: { ...failing({}), samples: () => Promise.reject(new AdapterUnavailableError('metrics', 'gone')) } },
      /^metrics: /,
    ],
    [
      'the router is away',
      {
        router: {
          ...fitService().router,
          readWeights: () => Promise.reject(new AdapterUnavailableError('router', 'gone')),
        },
      },
      /^router: /,
    ],
    [
      'one instance is away',
      {
        router: {
          ...fitService().router,
          readWeights: () => Promise.resolve([...asSet, { instance: 'b', unreachable: 'gone' }]),
        },
      },
      /b cannot be read/,
    ],
  ])('shows as trouble, never as a breach, that %s [C-14]', async (_, change, trouble) => {
    const { picture } = await looks(watch(service(change)));
    expect(picture.trouble.join()).toMatch(trouble);
  });

  test('remembers the probes of the watch before it: two failures and one are three in a row [C-05] [C-12]', async () => {
    const ailing = service({
      probe: {
        probe: ({ backend }) =>
          Promise.resolve(
            backend === 'blue'
              ? { healthy: true, latencyMs: 1, body: '' }
              : { healthy: false, latencyMs: 1, reason: 'answered 503' },
          ),
      },
    });
    const health = { endpoints: ['/health'], intervalMs: 3_600_000, timeoutMs: 100, successThreshold: 0.5 };
    const view = viewOf({ plan: somePlan({ health, monitoringIntervalMs: INTERVAL_MS }) });
    const once = await looks(watch(ailing, view));
    expect(once.probes.results).toEqual([false]);
    const memory = { ...once, probes: { results: [false, false], lastFailure: 'answered 503' } };
    expect(await watch(ailing, view, memory).end).toMatchObject({
      kind: 'breach',
      shared: false,
      reason: expect.stringMatching(/last 3 probes failed/) as string,
    });
  });

  test('ends so that another worker goes on when its own shuts down, and not when it is called off [C-12]', async () => {
    const watched = watch(service());
    await until('a look', () => watched.memories.length > 0);
    watched.environment.cancel('WORKER_SHUTDOWN');
    await expect(watched.end).rejects.toMatchObject({ type: 'WORKER_SHUTDOWN', nonRetryable: false });
  });

  test.each(['CANCELLED', 'WORKER_SHUTDOWN'] as const)(
    'gives no sign of life any more once its attempt has ended by %s [C-12]',
    async (why) => {
      const over = watch(service());
      await until('a look', () => over.memories.length > 0);
      over.environment.cancel(why);
      await expect(over.end).rejects.toThrow();
      // What is let go afterwards gives its sign of life later than this one would.
      const world = worldOf(service());
      const letGo = watch(service(), viewOf(), undefined, world);
      await until('a look', () => letGo.memories.length > 0);
      const ended = expect(letGo.end).rejects.toBeInstanceOf(CompleteAsyncError);
      world.guards.release('checkout@1');
      await ended;
      await until('a sign of life', () => letGo.signsAfterwards.length > 0);
      expect(over.signsAfterwards).toEqual([]);
    },
  );
});

test('a watch whose metric source does not answer gives a sign of life all the same [C-14]', async () => {
  let hangUp = (): void => undefined;
  const silence = new Promise<never>((_, reject) => {
    hangUp = () => {
      reject(new AdapterUnavailableError('metrics', 'no answer'));
    };
  });
  const watched = watch(service({ metrics: { ...failing({}), samples: () => silence } }));
  await until('a heartbeat', () => watched.memories.length > 0);
  watched.environment.cancel('CANCELLED');
  hangUp();
  await expect(watched.end).rejects.toMatchObject({ name: 'CancelledFailure' });
});
