import { setTimeout as sleep } from 'node:timers/promises';
import { spreadOf, type Spread } from '../lib/quantiles.js';
import type { Floor } from './floor.js';
import type { BenchRollouts } from './rollouts.js';
import { SHARE_PERCENT } from './settings.js';
import type { BenchWorld } from './world.js';

export interface SingleFigures {
  /** Signal sent → the gateway reads back 0 %. */
  readonly abortMs: Spread;
  /** The same of a bare workflow: signal → one activity. */
  readonly floorMs: Spread;
}

const DEADLINE_MS = 30_000;

/** One abort after the other, each followed by one of the floor; what was aborted is started again. */
export async function measureSingles(world: BenchWorld, rollouts: BenchRollouts, floor: Floor): Promise<SingleFigures> {
  const { singleAborts, pauseMs } = world.settings;
  const floors = await floor.begin(singleAborts);
  const aborts: number[] = [];
  const floorTimes: number[] = [];
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
  return { abortMs: spreadOf(aborts), floorMs: spreadOf(floorTimes) };
}

async function timeToZero(world: BenchWorld, route: string, signal: () => Promise<void>): Promise<number> {
  const sentAtMs = performance.now();
  const [reachedAtMs] = await Promise.all([world.shares.reached(route, 0, DEADLINE_MS), signal()]);
  return reachedAtMs - sentAtMs;
}

async function restart(world: BenchWorld, rollouts: BenchRollouts, service: string): Promise<void> {
  await rollouts.ended(service);
  await rollouts.start(service);
  await world.shares.reached(service, SHARE_PERCENT, DEADLINE_MS);
}
