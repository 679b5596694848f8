import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_GRAIN_MS } from '../../src/gateway/defaults.js';
import { inParallel } from '../lib/in-parallel.js';
import { spreadOf, type Spread } from '../lib/quantiles.js';
import type { BenchRollouts } from './rollouts.js';
import type { BenchWorld } from './world.js';

export interface BadTogetherFigures {
  /** The first sample of a rollout that can show the breach → the gateway reads back 0 % for it. */
  readonly breachToZeroMs: Spread;
  /** The first sample of any rollout that can show it → the last rollout at 0 %. Includes how far samples lie apart. */
  readonly firstSampleToLastZeroMs: number;
}

const DEADLINE_MS = 120_000;
const STATUS_CONCURRENCY = 8;
const AFTER_EDGE_MS = 20;

/** Every candidate fails its requests from one moment on, as `setCandidateFails` makes them. */
export async function measureBadTogether(
  world: BenchWorld,
  rollouts: BenchRollouts,
  setCandidateFails: (fails: boolean) => Promise<void>,
): Promise<BadTogetherFigures> {
  const { services, settings } = world;
  const startedAt = new Map(
    await inParallel(services, STATUS_CONCURRENCY, async (service) => {
      return [service, await stageStart(world, rollouts.idOf(service))] as const;
    }),
  );
  // The first bad requests of all fall into one cell of the gateway's counters: in which one is not left to chance.
  await sleep(DEFAULT_GRAIN_MS - (Date.now() % DEFAULT_GRAIN_MS) + AFTER_EDGE_MS);
  world.users.firstFailures.clear();
  await setCandidateFails(true);
  await world.users.visitCandidates();

  const samples = new Map(
    services.map((service) => {
      // The gateway tells of a cell of its counters once it has ended.
      const cell = Math.floor((world.users.firstFailures.get(service) ?? NaN) / DEFAULT_GRAIN_MS);
      const visibleMs = (cell + 1) * DEFAULT_GRAIN_MS;
      const begunMs = startedAt.get(service) ?? NaN;
      const intervals = Math.ceil((visibleMs - begunMs) / settings.monitoringIntervalMs);
      return [service, begunMs + intervals * settings.monitoringIntervalMs] as const;
    }),
  );
  const toWallClock = Date.now() - performance.now();
  const sampledAt = (service: string): number => samples.get(service) ?? NaN;
  const reachedAt = await world.shares.allReached(
    services,
    0,
    DEADLINE_MS,
    (service) => sampledAt(service) <= Date.now(),
  );
  const atZero = new Map([...reachedAt].map(([service, atMs]) => [service, atMs + toWallClock] as const));
  await setCandidateFails(false);
  const delays = services.map((service) => (atZero.get(service) ?? NaN) - sampledAt(service));
  return {
    breachToZeroMs: spreadOf(delays),
    firstSampleToLastZeroMs: Math.round(Math.max(...atZero.values()) - Math.min(...samples.values())),
  };
}

/** When the workflow began to count the stage: a moment after the gateway had its weights. */
async function stageStart({ deployment }: BenchWorld, id: string): Promise<number> {
  const endsAtMs = performance.now() + DEADLINE_MS;
  for (;;) {
    const { stageStartedAt } = await deployment.getDeploymentStatus(id);
    if (stageStartedAt !== null) return Date.parse(stageStartedAt);
    if (performance.now() > endsAtMs) throw new Error(`waited in vain for the stage of ${id} to begin`);
    await sleep(50);
  }
}
