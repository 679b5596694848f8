import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WatchEnd } from '../../src/activities/contracts.js';
import { StageEvidence } from '../../src/activities/stage-evidence.js';
import type { MeasurementLimits } from '../../src/domain/analysis/plan.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import { compareWithRecord } from '../../src/domain/observations/differences.js';
import { recordingsIn } from '../../src/domain/observations/recording.js';
import type { MetricSource } from '../../src/ports/metric-source.js';
import { fitService, somePlan } from './support/fabricated.js';
import { BOUND, endOf, sourceOf, START_MS, STEP_MS, Worker, worldOf, type World } from './support/query-world.js';

const [GOOD, BAD] = [1, 9];

let rollouts = 0;

const workerIn = (world: World, limits: MeasurementLimits, memory: ConstructorParameters<typeof Worker>[3] = {}) =>
  new Worker(world, rollouts, limits, memory);

beforeEach(() => {
  rollouts += 1;
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => void vi.useRealTimers());

describe('a query of a source that can be asked for the past', () => {
  test('is judged by its values at the end of every interval, not by the newest alone [W25]', async () => {
    for (const limits of [{ consecutiveSuccessLimit: 3 }, { count: 3 }]) {
      const judged = await workerIn(worldOf([GOOD, GOOD, GOOD]), limits).judge(3);
      expect(judged).toMatchObject({
        verdict: 'successful',
        reason: expect.stringMatching(/^queue 1 within max 5/) as string,
      });
    }
  });

  test('breaks its limit in spite of a killed worker: two bad values, a crash, two more [W25]', async () => {
    const values = [BAD, BAD, BAD, BAD, GOOD, GOOD];
    const first = workerIn(worldOf(values), { failureLimit: 2 });
    expect(await first.watch(1, 2)).toBeNull();
    const second = workerIn(worldOf(values), { failureLimit: 2 });
    expect(await second.watch(5, 5)).toMatchObject({
      kind: 'breach',
      reason: expect.stringMatching(/failureLimit/) as string,
    });
    expect(await workerIn(worldOf(values), { failureLimit: 2 }).judge(6)).toMatchObject({ verdict: 'failed' });
  });

  test('is asked once about each interval, by the watch and the judge together [W25]', async () => {
    const world = worldOf(Array.from({ length: 30 }, () => GOOD));
    const worker = workerIn(world, {});
    await worker.watch(1, 30);
    world.asked.length = 0;
    for (let judgement = 0; judgement < 5; judgement += 1) await worker.judge(30, 50 + judgement);
    expect(world.asked).toEqual([]);
    const other = workerIn(world, {});
    await other.judge(30);
    await other.judge(30);
    expect([...world.asked].sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, index) => endOf(index + 1)));
  });

  test('that has been away is asked about the time that it was away [W25]', async () => {
    const world = worldOf([GOOD, BAD, BAD, BAD, GOOD]);
    world.away = true;
    const worker = workerIn(world, { failureLimit: 2 });
    expect(await worker.watch(1, 4)).toBeNull();
    world.away = false;
    expect(await worker.judge(5)).toMatchObject({ verdict: 'failed' });
  });

  test('has one value at the end of a stage, which the judge does not count twice [W25]', async () => {
    const worker = workerIn(worldOf([GOOD, GOOD, BAD]), { failureLimit: 1 });
    expect(await worker.judge(3, 5)).toMatchObject({ verdict: 'inconclusive' });
    expect(await worker.judge(3, 900)).toMatchObject({ verdict: 'inconclusive' });
  });

  test('says the same to whoever reads the stage, however often workers were killed [W25]', async () => {
    const value = fc.constantFrom(GOOD, BAD);
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 3, maxLength: 12 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 11 })),
        fc.boolean(),
        async (values, crashes, past) => {
          rollouts += 1;
          const limits = { failureLimit: 2 };
          const steady = await workerIn(worldOf(values), limits, { past }).watch(1, values.length);
          rollouts += 1;
          let worker = workerIn(worldOf(values), limits, { past });
          let end: WatchEnd | null = null;
          for (let interval = 1; interval <= values.length && end === null; interval += 1) {
            end = await worker.watch(interval, interval);
            if (crashes.includes(interval))
              worker = workerIn(worldOf(values), limits, { past, heartbeat: worker.lastHeartbeat });
          }
          const reasonOf = (one: WatchEnd | null): string => (one === null || !('reason' in one) ? 'none' : one.reason);
          expect(reasonOf(end)).toBe(reasonOf(steady));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a query of a source that knows nothing but the present', () => {
  const now = { past: false };

  test('is kept as it was measured, in heartbeats: a killed worker changes nothing [W25]', async () => {
    const world = worldOf([BAD, BAD, GOOD, BAD, GOOD]);
    const first = workerIn(world, { failureLimit: 2 }, now);
    expect(await first.watch(1, 2)).toBeNull();
    expect(first.lastHeartbeat?.values).toEqual({
      queue: [
        [endOf(1), BAD],
        [endOf(2), BAD],
      ],
    });
    const second = workerIn(world, { failureLimit: 2 }, { ...now, heartbeat: first.lastHeartbeat });
    expect(await second.watch(3, 3)).toBeNull();
    expect(await second.watch(4, 4)).toMatchObject({ kind: 'breach' });
  });

  test('is judged by what the watch has measured, of the same worker or another [W25]', async () => {
    for (const observed of [false, true]) {
      const world = worldOf([GOOD, GOOD, GOOD]);
      const watcher = workerIn(world, { consecutiveSuccessLimit: 3 }, { ...now, observed });
      await watcher.watch(1, 3);
      const judge = observed ? workerIn(world, { consecutiveSuccessLimit: 3 }, { ...now, observed }) : watcher;
      expect(await judge.judge(3)).toMatchObject({ verdict: 'successful' });
    }
  });

  test('is unknown where nobody has measured it, which neither passes nor fails [W25]', async () => {
    const judged = await workerIn(worldOf([BAD, BAD, BAD, GOOD]), { failureLimit: 2, count: 3 }, now).judge(4);
    expect(judged).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/needs 2 more measurements/) as string,
    });
  });

  test('lets no stage pass by the newest value alone, where another worker has measured the others [W25]', async () => {
    const world = worldOf([BAD, GOOD, BAD, GOOD]);
    await workerIn(world, { failureLimit: 2 }, now).watch(1, 4);
    // It shares no observations with the one that watched.
    const judge = workerIn(world, { failureLimit: 2 }, { ...now, observed: true });
    expect(await judge.judge(4)).toMatchObject({
      verdict: 'error',
      reason: expect.stringMatching(
        /queue: 3 of the stage's 4 intervals have no value: its source cannot be asked for the past/,
      ) as string,
    });
    const [recording] = recordingsIn(world.lines);
    expect(recording === undefined ? null : compareWithRecord(recording).differences).toEqual([]);
  });

  test('fails a stage by the newest value alone all the same [W25]', async () => {
    expect(await workerIn(worldOf([GOOD, GOOD, GOOD, BAD]), {}, now).judge(4)).toMatchObject({ verdict: 'failed' });
  });

  test('is measured also while counts cannot be had [W25]', async () => {
    const world = worldOf([BAD, GOOD]);
    const queues = sourceOf(world, false);
    let away = true;
    const counts: MetricSource = {
      ...sourceOf(world, true),
      samples: (query) =>
        away ? Promise.reject(new AdapterUnavailableError('metrics', 'gone')) : sourceOf(world, true).samples(query),
    };
    const check = { kind: 'threshold', metric: 'queue', query: 'q', source: 'queues', max: BOUND } as const;
    const evidence = new StageEvidence(fitService({ metrics: counts, sources: { queues } }), {
      plan: somePlan({ monitoringIntervalMs: STEP_MS, analysis: { checks: [check] } }),
      rolloutId: `checkout@${String(rollouts)}`,
      roles: { baseline: 'blue', candidate: 'green' },
      stage: 1,
      stageCount: 2,
      sharePercent: 25,
      fences: [16],
      startedAtMs: START_MS,
      monitoringIntervalMs: STEP_MS,
      carried: null,
    });
    vi.setSystemTime(endOf(1));
    await expect(evidence.advance(endOf(1))).rejects.toThrow(/gone/);
    away = false;
    vi.setSystemTime(endOf(2));
    await evidence.advance(endOf(2));
    expect(evidence.analysis.checks[0]?.state.failure).toMatchObject({ value: BAD });
  });
});

test('what was measured is written once, and judged again as it was [W25]', async () => {
  const world = worldOf([GOOD, BAD, GOOD, GOOD]);
  const worker = workerIn(world, { failureLimit: 2 }, { observed: true });
  await worker.watch(1, 4);
  for (let judgement = 0; judgement < 4; judgement += 1) await worker.judge(4);
  expect(world.lines.filter(({ kind }) => kind === 'interval').length).toBeLessThanOrEqual(4 + 4);
  const [recording] = recordingsIn(world.lines);
  expect(recording === undefined ? null : compareWithRecord(recording).differences).toEqual([]);
});
