import { setTimeout as sleep } from 'node:timers/promises';
import { DeploymentManager } from '../../src/client/deployment-manager.js';
import { releasing } from '../../src/dev/releasers.js';
import { writerOf } from '../../src/domain/traffic/fence.js';
import { shareOf } from '../../src/domain/traffic/weights.js';
import type { InstanceWeights } from '../../src/ports/traffic-router.js';
import { prebuildBundles } from '../abort/bundles.js';
import { benchPlan } from '../abort/plan.js';
import { planePorts } from '../abort/plane-ports.js';
import { BenchRollouts } from '../abort/rollouts.js';
import { CANDIDATE, type AbortSettings } from '../abort/settings.js';
import { SIGNAL_CONCURRENCY, timeToLastZero } from '../abort/together.js';
import type { WorkerSaid } from '../abort/worker-part.js';
import { startBenchWorld, type BenchWorld } from '../abort/world.js';
import { inParallel } from '../lib/in-parallel.js';
import { round } from '../lib/quantiles.js';

/** What one run found. Times in milliseconds. */
export interface StopFigures {
  /** As many single aborts, sent at once: first signal → the data plane reads back 0 % for the last. */
  readonly singleAbortsMs: number;
  /** The stop is asked for → the data plane reads back 0 % for the last. */
  readonly lastAtZeroMs: number;
  /** The stop is asked for → it is answered: nothing is in flight any more. */
  readonly answeredMs: number;
  /** Bulk writes for each instance of the data plane. */
  readonly bulkWrites: number;
  /** Services that somebody has written after the stop: a write for each. */
  readonly otherWrites: number;
  /** Starts, promotions and resumes that were sent all the while. */
  readonly fired: number;
  /** The greatest share of a candidate that was read after the answer. */
  readonly greatestShareAfter: number;
}

/** How long it is looked for shares after the answer. */
const LOOKED_FOR_MS = 3000;

const DEADLINE_MS = 120_000;

/** Runs the whole benchmark; `tell` hears what it is at. */
export async function runStopTheLine(
  executable: string,
  settings: AbortSettings,
  tell: (line: string) => void,
): Promise<StopFigures> {
  await prebuildBundles();
  return releasing(async (releasers) => {
    tell('starting Temporal, the data plane and the worker');
    const world = await startBenchWorld(executable, settings, releasers);
    const rollouts = new BenchRollouts(world);
    tell(`starting ${String(settings.rollouts)} rollouts`);
    await rollouts.startAll(world.services);
    await rollouts.allSettled(world.services);
    tell('all of them aborted one by one, at once');
    const { readBackMs } = await timeToLastZero(world, world.services, (service) => rollouts.abort(service));
    tell('all in flight again, then the line stopped');
    await rollouts.restartAll(world.services);
    await rollouts.allSettled(world.services);
    const quiet = await measureStop(world, false);
    tell('all in flight again, then the line stopped while others start and promote');
    await rollouts.restartAll(world.services);
    const busy = await measureStop(world, true);
    const { fired, greatestShareAfter } = busy;
    return { singleAbortsMs: readBackMs, ...quiet, fired, greatestShareAfter };
  });
}

type Measured = Omit<StopFigures, 'singleAbortsMs'>;

async function measureStop(world: BenchWorld, isBusy: boolean): Promise<Measured> {
  const manager = new DeploymentManager({ client: world.client });
  let bulkWrites = 0;
  world.worker().hear((said) => {
    bulkWrites += (said as WorkerSaid).bulkWrite > 0 ? 1 : 0;
  });
  const firing = isBusy ? startFiring(world) : null;
  const askedAtMs = performance.now();
  const [reachedAt, stopped] = await Promise.all([
    isBusy ? new Map<string, number>() : world.shares.allReached(world.services, 0, DEADLINE_MS),
    manager.stopTheLine({ reason: 'the benchmark asks for it', by: 'bench', timeoutMs: DEADLINE_MS }),
  ]);
  const answeredMs = round(performance.now() - askedAtMs, 0);
  if (!stopped.isInForce) throw new Error(`the stop does not hold: ${JSON.stringify(stopped).slice(0, 2000)}`);
  const { greatest: greatestShareAfter, others: otherWrites } = await lookAfterwards(world);
  const fired = (await firing?.stop()) ?? 0;
  await manager.releaseTheLine({ reason: 'measured', by: 'bench' });
  const lastAtZeroMs = round(Math.max(askedAtMs, ...reachedAt.values()) - askedAtMs, 0);
  return { lastAtZeroMs, answeredMs, bulkWrites, otherWrites, fired, greatestShareAfter };
}

/** What is read for a while, and who has written it. */
async function lookAfterwards(world: BenchWorld): Promise<{ readonly greatest: number; readonly others: number }> {
  const { router, routeOf } = planePorts(world.address);
  let greatest = 0;
  let others = 0;
  for (const endsAtMs = performance.now() + LOOKED_FOR_MS; performance.now() < endsAtMs;) {
    const read = (await Promise.all(world.services.map((service) => router.readWeights(routeOf(service))))).flat();
    greatest = Math.max(greatest, ...read.map(shareIn));
    others = read.filter((one) => 'fence' in one && writerOf(one.fence) !== 'stopTheLine').length;
    await sleep(50);
  }
  return { greatest, others };
}

function shareIn(read: InstanceWeights): number {
  return 'weights' in read ? shareOf(read.weights, CANDIDATE) : NaN;
}

/** Starts, promotes and resumes, without rest; what is refused is refused. */
function startFiring(world: BenchWorld): { stop(): Promise<number> } {
  const over = new AbortController();
  let fired = 0;
  const fire = async (service: string): Promise<void> => {
    const handle = world.client.workflow.getHandle(`rollout/${service}`);
    const shots = [
      () => handle.signal('promote', {}),
      () => handle.signal('resume', {}),
      () => world.deployment.start(benchPlan(service, world.settings.monitoringIntervalMs)),
    ];
    for (const shot of shots) {
      if (over.signal.aborted) return;
      fired += 1;
      await shot().catch(() => undefined);
    }
  };
  const all = (async (): Promise<void> => {
    while (!over.signal.aborted) await inParallel(world.services, SIGNAL_CONCURRENCY / 8, fire);
  })();
  return {
    async stop() {
      over.abort();
      await all;
      return fired;
    },
  };
}
