import { setTimeout as sleep } from 'node:timers/promises';
import { spreadOf, type Spread } from '../lib/quantiles.js';
import type { Floor } from './floor.js';
import type { BenchRollouts } from './rollouts.js';
import { SHARE_PERCENT } from './settings.js';
import type { BenchWorld } from './world.js';

export interface SingleFigures {
  /** Signal sent → the data plane reads back 0 %. */
  readonly abortMs: Spread;
  /** Signal sent → a user of the candidate sent the first request that the baseline got; `null` where nobody asks so. */
  readonly abortSeenMs: Spread | null;
  /** The same of a bare workflow: signal → one activity. */
  readonly floorMs: Spread;
  readonly floorSeenMs: Spread | null;
}

const DEADLINE_MS = 30_000;

/** One abort after the other, each followed by one of the floor; what was aborted is started again. */
export async function measureSingles(world: BenchWorld, rollouts: BenchRollouts, floor: Floor): Promise<SingleFigures> {
  const { singleAborts, pauseMs } = world.settings;
  const floors = await floor.begin(singleAborts);
  const aborts: TimesToZero[] = [];
  const floorTimes: TimesToZero[] = [];
  let restarting: Promise<void> = Promise.resolve();
  for (const [index, route] of floors.entries()) {
    const service = world.services[index % world.services.length] ?? '';
    aborts.push(await timeToZero(world, service, () => rollouts.abort(service)));
    // The one before has been back for a while; this one comes back during the pause.
    await restarting;
    restarting = restart(world, rollouts, service);
    await sleep(pauseMs);
    floorTimes.push(await timeToZero(world, route, () => floor.signal(route)));
    await sleep(pauseMs);
  }
  await restarting;
  return {
    abortMs: readBack(aborts),
    abortSeenMs: seenByUsers(aborts),
    floorMs: readBack(floorTimes),
    floorSeenMs: seenByUsers(floorTimes),
  };
}

interface TimesToZero {
  readonly readBackMs: number;
  readonly seenMs: number | null;
}

async function timeToZero(
  { shares, seen }: BenchWorld,
  route: string,
  signal: () => Promise<void>,
): Promise<TimesToZero> {
  const sentAtMs = performance.now();
  const [readBackAtMs, seenAtMs] = await Promise.all([
    shares.reached(route, 0, DEADLINE_MS),
    seen?.reached(route, 0, DEADLINE_MS) ?? null,
    signal(),
  ]);
  return { readBackMs: readBackAtMs - sentAtMs, seenMs: seenAtMs === null ? null : seenAtMs - sentAtMs };
}

function readBack(times: readonly TimesToZero[]): Spread {
  return spreadOf(times.map(({ readBackMs }) => readBackMs));
}

function seenByUsers(times: readonly TimesToZero[]): Spread | null {
  const seen = times.flatMap(({ seenMs }) => (seenMs === null ? [] : [seenMs]));
  return seen.length === 0 ? null : spreadOf(seen);
}

async function restart(world: BenchWorld, rollouts: BenchRollouts, service: string): Promise<void> {
  await rollouts.ended(service);
  await rollouts.start(service);
  await world.shares.reached(service, SHARE_PERCENT, DEADLINE_MS);
}
