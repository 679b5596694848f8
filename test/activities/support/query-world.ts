import { MockActivityEnvironment } from '@temporalio/testing';
import { vi } from 'vitest';
import type { StageAnswer, StageView, WatchEnd } from '../../../src/activities/contracts.js';
import { Observer } from '../../../src/activities/index.js';
import { judgeStage } from '../../../src/activities/judge-stage.js';
import { GuardUndos } from '../../../src/activities/guard/guard-undos.js';
import { StageWatch, type WatchMemory } from '../../../src/activities/watch/stage-watch.js';
import type { MeasurementLimits } from '../../../src/domain/analysis/plan.js';
import { AdapterUnavailableError } from '../../../src/domain/errors.js';
import type { ObservationLine } from '../../../src/domain/observations/line.js';
import type { MetricSource } from '../../../src/ports/metric-source.js';
import type { ObservationStore } from '../../../src/ports/observation-store.js';
import type { ServicePorts } from '../../../src/ports/service.js';
import { fitService, somePlan, someTraffic, worldOf as activityWorldOf } from './fabricated.js';

export const STEP_MS = 10_000;
export const START_MS = 1_700_000_000_000;
export const BOUND = 5;

/** The end of an interval, the first being 1. */
export const endOf = (interval: number): number => START_MS + interval * STEP_MS;

/** Of a rollout's own. */
const FENCE = 16;

const SAME_SPLIT = [
  {
    instance: 'a',
    fence: FENCE,
    weights: [
      { backend: 'green', percent: 25 },
      { backend: 'blue', percent: 75 },
    ],
  },
];

/** What the world knows of the stage, whoever asks. */
export interface World {
  readonly values: readonly number[];
  /** The moments that were asked about, as they were asked. */
  readonly asked: number[];
  readonly lines: ObservationLine[];
  away: boolean;
}

export const worldOf = (values: readonly number[]): World => ({ values, asked: [], lines: [], away: false });

/** A source that answers about the moment that it is asked about; one that does not tells of now, whatever it is asked. */
export function sourceOf(world: World, answersThePast: boolean): MetricSource {
  const valueAt = (atMs: number): number | 'no-data' =>
    world.values[Math.floor((atMs - START_MS) / STEP_MS) - 1] ?? 'no-data';
  return {
    ...(answersThePast ? {} : { answersThePast: false }),
    samples: ({ fromMs, toMs, stepMs }) =>
      Promise.resolve(Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, () => someTraffic(100))),
    scalar: ({ atMs }) => {
      if (world.away) return Promise.reject(new AdapterUnavailableError('metrics "queues"', 'it does not answer'));
      world.asked.push(atMs);
      return Promise.resolve(valueAt(answersThePast ? atMs : Date.now()));
    },
  };
}

/** A worker: what it remembers is gone with it. */
export class Worker {
  private readonly service: ServicePorts;
  private readonly observer: Observer;
  private view: StageView;
  private watching: StageWatch | null = null;
  private heartbeat: WatchMemory | null = null;

  constructor(
    world: World,
    rollout: number,
    limits: MeasurementLimits,
    { past = true, observed = false, heartbeat = null as WatchMemory | null } = {},
  ) {
    this.service = fitService({
      metrics: sourceOf(world, past),
      router: { ...fitService().router, readWeights: () => Promise.resolve(SAME_SPLIT) },
    });
    const store: ObservationStore = {
      append: (_, lines) => Promise.resolve(void world.lines.push(...lines)),
      read: () => Promise.resolve(world.lines),
      rolloutsOf: () => Promise.resolve([]),
      placeOf: () => 'memory',
    };
    this.observer = new Observer(observed ? store : undefined);
    this.heartbeat = heartbeat;
    const check = { kind: 'threshold', metric: 'queue', query: 'queue_depth', max: BOUND, ...limits } as const;
    this.view = {
      plan: somePlan({ monitoringIntervalMs: STEP_MS, analysis: { checks: [check] } }),
      rolloutId: `checkout@${String(rollout)}`,
      roles: { baseline: 'blue', candidate: 'green' },
      stage: 1,
      stageCount: 2,
      sharePercent: 25,
      fences: [FENCE],
      startedAtMs: START_MS,
      monitoringIntervalMs: STEP_MS,
      carried: null,
    };
  }

  /** Goes on with intervals of another length, as after `configure`: the watch begins anew, without its heartbeat. */
  configure(monitoringIntervalMs: number): void {
    this.view = { ...this.view, monitoringIntervalMs };
    this.watching = null;
    this.heartbeat = null;
  }

  /** Looks once, so long after the stage began. */
  async watchAt(afterMs: number): Promise<WatchEnd | null> {
    const input = { ...this.view, known: { drift: false, sharedBreach: false } };
    this.watching ??= new StageWatch(this.service, input, this.heartbeat, this.observer, new GuardUndos());
    vi.setSystemTime(START_MS + afterMs);
    const end = await this.watching.look(START_MS + afterMs, new AbortController().signal);
    // As it travels.
    this.heartbeat = JSON.parse(JSON.stringify(this.watching.memory)) as WatchMemory;
    await this.observer.settled(1000);
    return end;
  }

  /** Looks at the edge of every interval up to this one. */
  async watch(from: number, until: number): Promise<WatchEnd | null> {
    for (let interval = from; interval <= until; interval += 1) {
      const end = await this.watchAt(endOf(interval) + 20 - START_MS);
      if (end !== null) return end;
    }
    return null;
  }

  judge(interval: number, afterMs = 50): Promise<StageAnswer> {
    return this.judgeAt(endOf(interval) + afterMs - START_MS);
  }

  async judgeAt(afterMs: number): Promise<StageAnswer> {
    vi.setSystemTime(START_MS + afterMs);
    const input = { ...this.view, untilKnown: false };
    return new MockActivityEnvironment().run(() => judgeStage(activityWorldOf(this.service, this.observer), input));
  }

  /** What is left of it after `kill -9`. */
  get lastHeartbeat(): WatchMemory | null {
    return this.heartbeat;
  }
}
