import { round } from '../lib/quantiles.js';
import type { BenchRollouts } from './rollouts.js';
import type { BenchWorld } from './world.js';

export interface WorkerKilledFigures {
  readonly aborts: number;
  /** The new worker's process was started → the last abort that was asked meanwhile is at 0 %. */
  readonly restartToLastZeroMs: number;
  /** Of which: until the new worker polled. */
  readonly restartToPollingMs: number;
}

const DEADLINE_MS = 120_000;

/** The worker dies by kill -9, aborts are sent while there is none, another one is started. */
export async function measureWorkerKilled(world: BenchWorld, rollouts: BenchRollouts): Promise<WorkerKilledFigures> {
  const aborted = world.services.slice(0, world.settings.abortsWithoutWorker);
  // What is measured is the wait for a worker. A task that a worker held when it died is another matter: Temporal gives it
  // to nobody else for 10 s.
  await rollouts.allSettled(world.services);
  await world.killWorker();
  await Promise.all(aborted.map((service) => rollouts.abort(service)));
  const begunAtMs = performance.now();
  const [, reached] = await Promise.all([world.startWorker(), world.shares.allReached(aborted, 0, DEADLINE_MS)]);
  const worker = world.worker();
  return {
    aborts: aborted.length,
    restartToLastZeroMs: round(Math.max(...reached.values()) - begunAtMs, 0),
    restartToPollingMs: round(worker.readyAtMs - begunAtMs, 0),
  };
}
