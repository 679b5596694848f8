import { preflightPlanOf } from '../../src/domain/staged-traffic/guard-plan-of.js';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JudgeInput, StageView, WatchInput } from '../../src/activities/contracts.js';
import { Observer } from '../../src/activities/index.js';
import { judgeStage } from '../../src/activities/judge-stage.js';
import { preflight } from '../../src/activities/preflight.js';
import { watchStage } from '../../src/activities/watch-stage.js';
import type { WatchMemory } from '../../src/activities/watch/stage-watch.js';
import type { AnalysisPlan } from '../../src/domain/analysis/plan.js';
import { HeadgateError } from '../../src/domain/errors.js';
import { compareWithRecord } from '../../src/domain/observations/differences.js';
import type { ObservationLine, ReadingLine } from '../../src/domain/observations/line.js';
import { recordingsIn, type Recording } from '../../src/domain/observations/recording.js';
import type { ObservationStore } from '../../src/ports/observation-store.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { intervals } from '../contract/observation-store.js';
import { until } from '../contract/support/eventually.js';
import { fitService, portsOf, somePlan, someTraffic, worldOf } from './support/fabricated.js';

const STEP_MS = 1000;
const ID = 'checkout@1';
const CHECKS: AnalysisPlan['checks'] = [{ kind: 'sequential', metric: 'errorRate', max: 0.05, minRequests: 10 }];

class StoreInMemory implements ObservationStore {
  readonly lines: ObservationLine[] = [];
  appends = 0;
  /** What stands in the way of a write. */
  obstacle: () => Promise<void> = () => Promise.resolve();

  async append(_: string, lines: readonly ObservationLine[]): Promise<void> {
    await this.obstacle();
    this.appends += 1;
    this.lines.push(...lines);
  }

  read(): Promise<readonly ObservationLine[]> {
    return Promise.resolve(this.lines);
  }

  rolloutsOf(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  placeOf(): string {
    return 'memory';
  }

  get readings(): readonly ReadingLine[] {
    return this.lines.flatMap((line) => (line.kind === 'reading' ? [line] : []));
  }

  get recording(): Recording {
    return recordingsIn(this.lines)[0] ?? expect.fail('nothing was kept');
  }
}

/** So many errors of a hundred requests in every interval; the same however often it is asked. */
function failing(
  errors: Readonly<Record<string, number>>,
  scalar: number | 'no-data' = 'no-data',
): ServicePorts['metrics'] {
  return {
    samples: ({ backend, fromMs, toMs, stepMs }) =>
      Promise.resolve(
        Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, () => someTraffic(100, errors[backend] ?? 0)),
      ),
    scalar: () => Promise.resolve(scalar),
  };
}

const asSet = [
  {
    instance: 'a',
    weights: [
      { backend: 'green', percent: 25 },
      { backend: 'blue', percent: 75 },
    ],
    fence: 16,
  },
];

const serviceWith = (metrics: ServicePorts['metrics']): ServicePorts =>
  fitService({ router: { ...fitService().router, readWeights: () => Promise.resolve(asSet) }, metrics });

function viewOf(change: Partial<StageView> = {}): StageView {
  return {
    plan: somePlan({ analysis: { checks: CHECKS }, monitoringIntervalMs: STEP_MS }),
    rolloutId: ID,
    roles: { baseline: 'blue', candidate: 'green' },
    stage: 1,
    stageCount: 2,
    sharePercent: 25,
    startedAtMs: Date.now() - 20 * STEP_MS - 10,
    monitoringIntervalMs: STEP_MS,
    fences: [16],
    carried: null,
    ...change,
  };
}

/** Watches until it has looked once, or comes back. */
async function watchOnce(service: ServicePorts, view: StageView, observer: Observer): Promise<WatchMemory | undefined> {
  const environment = new MockActivityEnvironment();
  const memories: WatchMemory[] = [];
  environment.on('heartbeat', (details: WatchMemory) => {
    memories.push(details);
    environment.cancel('CANCELLED');
  });
  const input: WatchInput = { ...view, known: { drift: false, sharedBreach: false } };
  await environment.run(() => watchStage(worldOf(service, observer), input)).catch(() => undefined);
  return memories[0];
}

const judge = (service: ServicePorts, view: StageView, observer: Observer, untilKnown = false) => {
  const input: JudgeInput = { ...view, untilKnown };
  return new MockActivityEnvironment().run(() => judgeStage(worldOf(service, observer), input));
};

describe('what is observed is kept as it was judged', () => {
  // Twenty intervals are twenty, however long a test takes.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  test('by a watch, interval by interval, with the plan and what was carried [C-06]', async () => {
    const store = new StoreInMemory();
    const observer = new Observer(store);
    const view = viewOf();
    await watchOnce(serviceWith(failing({ green: 1 })), view, observer);
    await observer.settled(1000);
    expect(store.readings).toMatchObject([
      { by: 'watch', stage: 1, stages: 2, plan: view.plan.analysis, carried: null, startedAtMs: view.startedAtMs },
    ]);
    expect(store.recording.stages[0]?.readings[0]?.own).toHaveLength(20);
    expect(compareWithRecord(store.recording)).toEqual({ compared: 20, differences: [] });
  });

  test('by the judge, who does not write again what the watch has seen alike', async () => {
    const store = new StoreInMemory();
    const observer = new Observer(store);
    const [view, service] = [viewOf(), serviceWith(failing({ green: 1 }))];
    await watchOnce(service, view, observer);
    await judge(service, view, observer);
    await judge(service, view, observer);
    await observer.settled(1000);
    const [watch, ...judges] = store.readings;
    expect(judges).toHaveLength(2);
    for (const { base, plan } of judges)
      expect({ base, plan }).toEqual({
        base: { reading: watch?.reading, untilMs: view.startedAtMs + 20 * STEP_MS },
        plan: undefined,
      });
    expect(store.lines.filter(({ kind }) => kind === 'interval').length).toBeLessThan(24);
    expect(compareWithRecord(store.recording)).toEqual({ compared: 22, differences: [] });
  });

  test('by a judge to whom the metrics say something else than to the watch: what he has seen himself', async () => {
    const store = new StoreInMemory();
    const observer = new Observer(store);
    const view = viewOf();
    await watchOnce(serviceWith(failing({ green: 0 })), view, observer);
    expect(await judge(serviceWith(failing({ green: 40 })), view, observer)).toMatchObject({ verdict: 'failed' });
    await observer.settled(1000);
    expect(store.readings[1]?.base).toBeUndefined();
    expect(compareWithRecord(store.recording)).toMatchObject({ differences: [], compared: 21 });
  });

  test('with values of a moment, which another reading cannot have asked for', async () => {
    const store = new StoreInMemory();
    const observer = new Observer(store);
    const checks = [{ kind: 'threshold', metric: 'queue', query: 'q', max: 10 } as const];
    const view = viewOf({ plan: somePlan({ analysis: { checks }, monitoringIntervalMs: STEP_MS }) });
    await watchOnce(serviceWith(failing({}, 3)), view, observer);
    await judge(serviceWith(failing({}, 99)), view, observer);
    await observer.settled(1000);
    const scalars = store.lines.flatMap((line) => (line.kind === 'interval' ? (line.scalars?.['queue'] ?? []) : []));
    expect(new Set(scalars)).toEqual(new Set([3, 99]));
    expect(compareWithRecord(store.recording).differences).toEqual([]);
  });

  test('a breach, in the words of the watch [C-05]', async () => {
    const store = new StoreInMemory();
    const observer = new Observer(store);
    await watchOnce(serviceWith(failing({ green: 40 })), viewOf(), observer);
    await observer.settled(1000);
    expect(store.lines.at(-1)).toMatchObject({ kind: 'breach', source: 'checks', shared: false });
    expect(compareWithRecord(store.recording)).toEqual({ compared: 21, differences: [] });
  });

  test('what the baseline has taught before the start', async () => {
    const store = new StoreInMemory();
    const observer = new Observer(store);
    const service = fitService({ metrics: failing({ blue: 1 }) });
    await new MockActivityEnvironment().run(() =>
      preflight(portsOf(service), { plan: preflightPlanOf(somePlan()), rolloutId: ID }, observer),
    );
    await observer.settled(1000);
    expect(store.lines).toMatchObject([{ kind: 'baseline', rolloutId: ID, backend: 'blue' }]);
    expect(store.recording.past).toHaveLength(120);
  });
});

describe('a disk that does not do its work', () => {
  const never = new Promise<void>(() => undefined);
  const lines = (count: number) => intervals('r1', count);

  test('that hangs delays neither the watch nor a rollback [C-05]', async () => {
    const store = new StoreInMemory();
    store.obstacle = () => never;
    const observer = new Observer(store);
    const service = serviceWith(failing({ green: 40 }));
    expect(await judge(service, viewOf(), observer)).toMatchObject({ verdict: 'failed' });
    const input: WatchInput = { ...viewOf(), known: { drift: false, sharedBreach: false } };
    const end = await new MockActivityEnvironment().run(() => watchStage(worldOf(service, observer), input));
    expect(end).toMatchObject({ kind: 'breach' });
    expect(store.appends).toBe(0);
  });

  test('that fails is told as trouble, tried again, and forgotten when it does its work again', async () => {
    const store = new StoreInMemory();
    store.obstacle = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    const observer = new Observer(store);
    observer.keep(ID, lines(2));
    await until('the trouble', () => observer.troubleOf(ID) !== null);
    const memory = await watchOnce(serviceWith(failing({})), viewOf(), observer);
    expect(memory?.picture.trouble).toEqual(['observations: ENOSPC: no space left on device']);
    store.obstacle = () => Promise.resolve();
    await until('the lines to be written', () => store.lines.length >= 2 && observer.troubleOf(ID) === null);
    expect(store.lines.slice(0, 2)).toEqual(lines(2));
  });

  test('that fails for so long that too much waits: what does not fit is counted where it is missing', async () => {
    const { store, observer, open } = closedStore();
    observer.keep(ID, lines(1));
    observer.keep(ID, lines(20_000));
    observer.keep(ID, lines(7));
    open();
    await observer.settled(5000);
    expect(store.lines).toHaveLength(1 + 20_000 + 1);
    expect(store.lines.at(-1)).toMatchObject({ kind: 'lost', rolloutId: ID, lines: 7 });
  });

  test('that fails for so long: what is missing is counted also where nothing else waits [W30]', async () => {
    const { store, observer, open } = closedStore();
    observer.keep(ID, lines(1));
    observer.keep('other@1', lines(20_000));
    observer.keep(ID, lines(7));
    open();
    await observer.settled(5000);
    expect(store.lines.filter(({ kind }) => kind === 'lost')).toMatchObject([{ rolloutId: ID, lines: 7 }]);
  });

  test('a file that is full stays as it is, is told, and keeps no other from its lines', async () => {
    const store = new StoreInMemory();
    const observer = new Observer(store);
    store.obstacle = () => Promise.reject(new HeadgateError('OBSERVATIONS_FULL', 'it is full'));
    observer.keep(ID, lines(1));
    await observer.settled(1000);
    store.obstacle = () => Promise.resolve();
    observer.keep(ID, lines(1));
    observer.keep('other@1', lines(3));
    await observer.settled(1000);
    expect(observer.troubleOf(ID)).toBe('it is full');
    expect(observer.troubleOf('other@1')).toBeNull();
    expect(store.lines).toHaveLength(3);
  });

  test('what arrives while a write is under way goes into the next one', async () => {
    const store = new StoreInMemory();
    const observer = new Observer(store);
    for (const line of lines(50)) observer.keep(ID, [line]);
    await observer.settled(1000);
    expect(store.lines).toEqual(lines(50));
    expect(store.appends).toBe(2);
  });
});

/** A store that takes nothing until it is opened. */
function closedStore() {
  const store = new StoreInMemory();
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  store.obstacle = () => gate;
  return { store, observer: new Observer(store), open };
}
