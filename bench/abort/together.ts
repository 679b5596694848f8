import { inParallel } from '../lib/in-parallel.js';
import { round } from '../lib/quantiles.js';
import type { Floor } from './floor.js';
import type { BenchRollouts } from './rollouts.js';
import type { BenchWorld } from './world.js';

export const SIGNAL_CONCURRENCY = 64;
const DEADLINE_MS = 120_000;

export interface TogetherFigures {
  /** First signal sent → the data plane reads back 0 % for the last. */
  readonly lastAtZeroMs: number;
  /** First signal sent → the last user of a candidate is back; `null` where nobody asks so. */
  readonly lastSeenMs: number | null;
  /** The same of as many bare workflows, with all rollouts in flight beside them. */
  readonly floorMs: number;
  readonly floorSeenMs: number | null;
}

/** All rollouts aborted at once; all bare workflows signalled at once. */
export async function measureTogether(
  world: BenchWorld,
  rollouts: BenchRollouts,
  floor: Floor,
): Promise<TogetherFigures> {
  const floors = await floor.begin(world.services.length);
  const bare = await timeToLastZero(world, floors, (route) => floor.signal(route));
  await floor.ended(floors);
  const aborted = await timeToLastZero(world, world.services, (service) => rollouts.abort(service));
  return {
    lastAtZeroMs: aborted.readBackMs,
    lastSeenMs: aborted.seenMs,
    floorMs: bare.readBackMs,
    floorSeenMs: bare.seenMs,
  };
}

export async function timeToLastZero(
  { shares, seen }: BenchWorld,
  routes: readonly string[],
  signal: (route: string) => Promise<void>,
): Promise<{ readonly readBackMs: number; readonly seenMs: number | null }> {
  const sentAtMs = performance.now();
  const [readBackAt, seenAt] = await Promise.all([
    shares.allReached(routes, 0, DEADLINE_MS),
    seen?.allReached(routes, 0, DEADLINE_MS) ?? null,
    inParallel(routes, SIGNAL_CONCURRENCY, signal),
  ]);
  const lastOf = (reachedAt: ReadonlyMap<string, number>): number =>
    round(Math.max(...reachedAt.values()) - sentAtMs, 0);
  return { readBackMs: lastOf(readBackAt), seenMs: seenAt === null ? null : lastOf(seenAt) };
}
