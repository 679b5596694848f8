import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_GRAIN_MS } from '../../src/gateway/defaults.js';
import { forkPart } from '../lib/forked.js';
import { round } from '../lib/quantiles.js';
import type { BareLoopConfig, BareLoopMessage } from './bare-loop-part.js';
import type { BenchRollouts } from './rollouts.js';
import type { BenchWorld } from './world.js';

/** All rollouts of a worker are due in one moment, and all candidates are bad. Milliseconds. */
export interface OneEdgeFigures {
  /** All are due → the data plane reads back 0 % for the last. */
  readonly lastAtZeroMs: number;
  /** The same of a bare loop in a process of its own, which makes the same calls and nothing else. */
  readonly bareLoopMs: number;
}

/** Shorter than a heartbeat may be missing, so that nobody takes over what stands still for one interval. */
const INTERVAL_MS = 5000;

const DEADLINE_MS = 120_000;

/** A worker that stood still for an interval comes to all of its guards at once. */
export async function measureOneEdge(
  world: BenchWorld,
  rollouts: BenchRollouts,
  setCandidateFails: (fails: boolean) => Promise<void>,
): Promise<OneEdgeFigures> {
  const { services, shares, users } = world;
  const bareLoopMs = await measureBareLoop(world);
  await rollouts.restartAll(services, INTERVAL_MS);
  await rollouts.allSettled(services);
  const { pid } = world.worker();
  // Every guard has looked at its stage once: what it still has to learn is one interval.
  await sleep(INTERVAL_MS);
  process.kill(pid, 'SIGSTOP');
  await setCandidateFails(true);
  await users.visitCandidates();
  await sleep(INTERVAL_MS + DEFAULT_GRAIN_MS);
  const dueAtMs = performance.now();
  process.kill(pid, 'SIGCONT');
  const reached = await shares.allReached(services, 0, DEADLINE_MS);
  await setCandidateFails(false);
  return { lastAtZeroMs: round(Math.max(...reached.values()) - dueAtMs, 0), bareLoopMs };
}

async function measureBareLoop({ address, shares, loopRoutes }: BenchWorld): Promise<number> {
  const loop = await forkPart(new URL('./bare-loop-part.js', import.meta.url), {
    plane: address,
    intervalMs: INTERVAL_MS,
  } satisfies BareLoopConfig);
  try {
    const begunAtMs = performance.now();
    const message: BareLoopMessage = { routes: loopRoutes };
    const [reached] = await Promise.all([shares.allReached(loopRoutes, 0, DEADLINE_MS), loop.tell(message)]);
    return round(Math.max(...reached.values()) - begunAtMs, 0);
  } finally {
    await loop.kill();
  }
}
