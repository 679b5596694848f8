import { inParallel } from '../lib/in-parallel.js';
import { round } from '../lib/quantiles.js';
import type { Floor } from './floor.js';
import type { BenchRollouts } from './rollouts.js';
import type { BenchWorld } from './world.js';

const SIGNAL_CONCURRENCY = 64;
const DEADLINE_MS = 120_000;

export interface TogetherFigures {
  /** First signal sent → the gateway reads back 0 % for the last. */
  readonly lastAtZeroMs: number;
  /** The same of as many bare workflows, with all rollouts in flight beside them. */
  readonly floorMs: number;
}

/** All rollouts aborted at once; all bare workflows signalled at once. */
export async function measureTogether(
  world: BenchWorld,
  rollouts: BenchRollouts,
  floor: Floor,
): Promise<TogetherFigures> {
  const floors = await floor.begin(world.services.length);
  const floorMs = await timeToLastZero(world, floors, (route) => floor.signal(route));
  await floor.ended(floors);
  const lastAtZeroMs = await timeToLastZero(world, world.services, (service) => rollouts.abort(service));
  return { lastAtZeroMs: round(lastAtZeroMs, 0), floorMs: round(floorMs, 0) };
}

async function timeToLastZero(
  world: BenchWorld,
  routes: readonly string[],
  signal: (route: string) => Promise<void>,
): Promise<number> {
  const sentAtMs = performance.now();
  const [reached] = await Promise.all([
    world.shares.allReached(routes, 0, DEADLINE_MS),
    inParallel(routes, SIGNAL_CONCURRENCY, signal),
  ]);
  return Math.max(...reached.values()) - sentAtMs;
}
