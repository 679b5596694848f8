import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import type { JudgeInput, WatchEnd, WatchInput } from '../../../src/activities/contracts.js';
import { judgeStage } from '../../../src/activities/judge-stage.js';
import { watchStage } from '../../../src/activities/watch-stage.js';
import { Probes } from '../../../src/activities/watch/probes.js';
import type { WatchMemory } from '../../../src/activities/watch/stage-watch.js';
import type { HealthPlan } from '../../../src/domain/health/health-plan.js';
import type { Weights } from '../../../src/domain/traffic/weights.js';
import type { ServicePorts } from '../../../src/ports/service.js';
import { until } from '../../contract/support/eventually.js';
import { fitService, somePlan, someTraffic, worldOf } from '../support/fabricated.js';

const INTERVAL_MS = 20;
const FENCE = 16;

const HEALTH: HealthPlan = {
  endpoints: ['/health'],
  intervalMs: INTERVAL_MS,
  // A probe stays fresh for so long as well: a busy machine may pause between two rounds.
  timeoutMs: 10_000,
  successThreshold: 0.95,
  knownFromProbes: 5,
  ofBaseline: true,
};

const DAY_MS = 86_400_000;

/** Of which a watch sees one round. */
const HOURLY: HealthPlan = { ...HEALTH, intervalMs: 3_600_000 };

/** A service of two environments that can be broken while it is watched. */
function twoEnvironments({ requestsFail = false, metricsHang = false, health = HEALTH } = {}) {
  const onProbe: ((backend: string) => void)[] = [];
  const down = new Set<string>();
  const probed: string[] = [];
  const set: Weights[] = [];
  let served = { instance: 'a', weights: [{ backend: 'green', percent: 100 }], fence: FENCE };
  const service: ServicePorts = fitService({
    health,
    router: {
      ...fitService().router,
      readWeights: () => Promise.resolve([served]),
      setWeights: (_, weights, { fence }) => {
        set.push(weights);
        served = { instance: 'a', weights: [...weights], fence };
        return Promise.resolve();
      },
    },
    metrics: {
      samples: ({ backend, fromMs, toMs, stepMs }) =>
        metricsHang
          ? new Promise(() => undefined)
          : Promise.resolve(
              Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, () =>
                someTraffic(100, requestsFail && backend === 'green' ? 50 : 0),
              ),
            ),
      scalar: () => Promise.resolve('no-data'),
    },
    probe: {
      probe: ({ backend }) => {
        probed.push(backend);
        onProbe.forEach((tell) => {
          tell(backend);
        });
        const isDown = down.has(backend);
        return Promise.resolve(
          isDown
            ? { healthy: false, latencyMs: 1, reason: 'answered 503' }
            : { healthy: true, latencyMs: 1, body: 'ok' },
        );
      },
    },
  });
  return { service, down, probed, set, onProbe };
}

const view = (change: Partial<WatchInput> = {}) => ({
  plan: somePlan({ monitoringIntervalMs: INTERVAL_MS }),
  rolloutId: 'checkout@1',
  roles: { baseline: 'blue', candidate: 'green' },
  stage: 1,
  stageCount: 1,
  sharePercent: 100,
  startedAtMs: Date.now() - 50 * INTERVAL_MS,
  monitoringIntervalMs: INTERVAL_MS,
  fences: [FENCE],
  carried: null,
  known: { drift: false, sharedBreach: false },
  ...change,
});

function watch(service: ServicePorts, change: Partial<WatchInput> = {}, memory?: WatchMemory) {
  const environment = new MockActivityEnvironment(memory === undefined ? {} : { heartbeatDetails: memory });
  const memories: WatchMemory[] = [];
  environment.on('heartbeat', (details: WatchMemory) => memories.push(details));
  const end: Promise<WatchEnd> = environment.run(() => watchStage(worldOf(service), view(change)));
  return { environment, memories, end };
}

type Watched = ReturnType<typeof watch>;

const healthIn = ({ memories }: Watched) => memories.at(-1)?.picture.health;

async function bothAreKnown(watched: Watched): Promise<void> {
  await until('both environments to be known', () => {
    const health = healthIn(watched);
    return health !== undefined && health.candidate.health === 1 && health.baseline.health === 1;
  });
}

async function callOff({ environment, end }: Watched): Promise<void> {
  environment.cancel('CANCELLED');
  await expect(end).rejects.toMatchObject({ name: 'CancelledFailure' });
}

describe('a watch of both environments', () => {
  test('tells in every heartbeat how each is, endpoint by endpoint, unknown before five probes [B-03] [M-02]', async () => {
    const hourly = twoEnvironments({ health: HOURLY });
    const once = watch(hourly.service);
    await until('a first round', () => healthIn(once)?.candidate.endpoints['/health']?.probes === 1);
    await callOff(once);
    const one = { health: null, endpoints: { '/health': { success: 1, probes: 1, lastFailure: null } } };
    expect(healthIn(once)).toEqual({ roles: { baseline: 'blue', candidate: 'green' }, candidate: one, baseline: one });
    expect(hourly.probed).toEqual(['green', 'blue']);
    const often = watch(twoEnvironments().service);
    await bothAreKnown(often);
    await callOff(often);
    expect(healthIn(often)?.baseline.endpoints['/health']?.probes).toBeGreaterThanOrEqual(5);
  });

  test('goes back by itself when green dies and blue is known to be healthy, asked once more [B-04]', async () => {
    const { service, down, probed, set } = twoEnvironments();
    const watched = watch(service);
    await bothAreKnown(watched);
    down.add('green');
    const end = await watched.end;
    expect(end).toMatchObject({ kind: 'breach', source: 'probes', shared: false });
    expect(end).toHaveProperty('undoneAtMs');
    expect(set).toContainEqual(expect.arrayContaining([{ backend: 'blue', percent: 100 }]));
    expect(probed.at(-1)).toBe('blue');
  });

  test('goes back in time while the metric source hangs, and knows that blue is healthy all the same [B-04] [C-14]', async () => {
    const { service, down, set } = twoEnvironments({ metricsHang: true });
    const watched = watch(service);
    await until('both environments to have been probed often', () => healthIn(watched)?.baseline.health === 1);
    down.add('green');
    expect(await watched.end).toMatchObject({ kind: 'breach', source: 'probes', shared: false });
    expect(set).toContainEqual(expect.arrayContaining([{ backend: 'blue', percent: 100 }]));
  });

  test('moves nothing when a shared dependency fails under both, and says why: the breach is shared [B-04]', async () => {
    const { service, down, set } = twoEnvironments();
    const watched = watch(service);
    await bothAreKnown(watched);
    down.add('green').add('blue');
    const end = await watched.end;
    expect(end).toMatchObject({
      shared: true,
      reason: expect.stringMatching(
        /^green is unhealthy: .*; nothing goes back by itself, because blue is not known to be healthy: \/health failed: GET http:\/\/blue.test\/health answered 503$/,
      ) as string,
    });
    expect(set).toEqual([]);
  });

  test('never goes back onto an environment that has just died, however well its window looks: its newest probe counts', async () => {
    const { service, down, set, onProbe } = twoEnvironments();
    const watched = watch(service);
    await bothAreKnown(watched);
    let askedOfBlue = 0;
    // After the round in which green is found dead, before the look that decides.
    onProbe.push((backend) => {
      if (backend === 'blue' && down.has('green')) askedOfBlue += 1;
      if (askedOfBlue > 1) down.add('blue');
    });
    down.add('green');
    expect(await watched.end).toMatchObject({ shared: true });
    expect(set).toEqual([]);
  });

  test('goes nowhere when a check fails and nothing says how the other one is: never probed is not known [B-04]', async () => {
    const { service, set } = twoEnvironments({ requestsFail: true });
    const withoutUrl = { ...service, urls: { green: 'http://green.test' } };
    expect(await watch(withoutUrl).end).toMatchObject({
      kind: 'breach',
      source: 'checks',
      shared: true,
      reason: expect.stringMatching(/because blue is not known to be healthy: \/health was not probed$/) as string,
    });
    expect(set).toEqual([]);
  });

  test('goes back for a failing check as soon as the other one is known, also after it was reported as shared [B-04]', async () => {
    const { service, set } = twoEnvironments({ requestsFail: true });
    const end = await watch(service, { known: { drift: false, sharedBreach: true } }).end;
    expect(end).toMatchObject({ kind: 'breach', source: 'checks', shared: false });
    expect(set).toHaveLength(1);
  });

  test('remembers both across workers, but not probes from before a gap', async () => {
    const before = watch(twoEnvironments().service);
    await bothAreKnown(before);
    await callOff(before);
    const { service } = twoEnvironments({ health: HOURLY });
    const memory = before.memories.at(-1) ?? expect.fail('no heartbeat');
    const after = watch(service, {}, memory);
    await until('a look', () => after.memories.length > 0);
    await callOff(after);
    expect(healthIn(after)?.baseline.health).toBe(1);
    const old = JSON.stringify(memory).replaceAll(/"newestAtMs":\d+/g, `"newestAtMs":${String(Date.now() - DAY_MS)}`);
    const late = watch(service, {}, JSON.parse(old) as WatchMemory);
    await until('a look', () => late.memories.length > 0);
    await callOff(late);
    expect(healthIn(late)?.baseline.health).toBeNull();
  });
});

describe('the judge of a stage that may only go back onto a healthy environment', () => {
  const judge = (service: ServicePorts) => {
    const input: JudgeInput = { ...view(), plan: somePlan({ monitoringIntervalMs: INTERVAL_MS }), untilKnown: false };
    return new MockActivityEnvironment().run(() => judgeStage(worldOf(service), input));
  };

  test('fails it when the other one answers five times in a row', async () => {
    const { service, probed } = twoEnvironments({ requestsFail: true });
    expect(await judge(service)).toMatchObject({ verdict: 'failed' });
    expect(probed.filter((backend) => backend === 'blue')).toHaveLength(5);
  });

  test('is undecided when both fail, and says why', async () => {
    const { service, down } = twoEnvironments();
    down.add('green').add('blue');
    expect(await judge(service)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^green is unhealthy: .*; nothing goes back by itself, because blue/) as string,
    });
  });
});

test('rounds of watches that began together do not stay together: the second comes at random', async () => {
  const { service } = twoEnvironments({ health: HOURLY });
  const rounds = [0, 0.5, 1].map(async (random) => {
    const probes = new Probes(service, view(), undefined, () => random);
    const { signal } = new AbortController();
    await probes.look(0, signal);
    const second = probes.nextRoundMs;
    await probes.look(second, signal);
    return [second, probes.nextRoundMs - second];
  });
  expect(await Promise.all(rounds)).toEqual([
    [1_800_000, 3_600_000],
    [2_700_000, 3_600_000],
    [3_600_000, 3_600_000],
  ]);
});
