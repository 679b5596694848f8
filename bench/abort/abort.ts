import { releasing } from '../../src/dev/releasers.js';
import { residentMiB } from '../lib/process-usage.js';
import { round } from '../lib/quantiles.js';
import { prebuildBundles } from './bundles.js';
import { measureBadTogether, type BadTogetherFigures } from './bad-together.js';
import { Floor } from './floor.js';
import { measureOneEdge, type OneEdgeFigures } from './one-edge.js';
import { BenchRollouts, type StartRates } from './rollouts.js';
import type { AbortSettings, BenchRouter } from './settings.js';
import { measureSingles, type SingleFigures } from './singles.js';
import { measureSteadyState, type SteadyFigures } from './steady.js';
import { measureTogether, type TogetherFigures } from './together.js';
import { measureWorkerKilled, type WorkerKilledFigures } from './worker-killed.js';
import { startBenchWorld } from './world.js';

/** Everything that one run found. Times in milliseconds, memory in MiB and KiB as named. */
export interface AbortFigures {
  readonly starts: StartRates;
  readonly memory: { readonly workerKiBPerRollout: number; readonly temporalKiBPerRollout: number };
  readonly steady: SteadyFigures;
  readonly single: SingleFigures;
  readonly together: TogetherFigures;
  /** `null` where it is left out. */
  readonly badTogether: BadTogetherFigures | null;
  readonly oneEdge: OneEdgeFigures | null;
  readonly workerKilled: WorkerKilledFigures;
}

const DATA_PLANES = { gateway: 'the gateway', envoy: 'Envoy' } as const satisfies Record<BenchRouter, string>;

/** Runs the whole benchmark; `tell` hears what it is at. */
export async function runAbort(
  executable: string,
  settings: AbortSettings,
  tell: (line: string) => void,
): Promise<AbortFigures> {
  await prebuildBundles();
  return releasing(async (releasers) => {
    tell(`starting Temporal, ${DATA_PLANES[settings.router]} and the worker`);
    const world = await startBenchWorld(executable, settings, releasers);
    const rollouts = new BenchRollouts(world);
    const floor = new Floor(world.client);
    const pids = [world.worker().pid, world.temporal.program.pid] as const;
    const empty = await Promise.all(pids.map(residentMiB));

    tell(`starting ${String(settings.rollouts)} rollouts`);
    const starts = await rollouts.startAll(world.services);
    tell(`analysing for ${String(settings.steadyMs / 1000)} s`);
    const steady = await measureSteadyState(world);
    tell(`${String(settings.singleAborts)} single aborts, and as many of the floor between them`);
    const single = await measureSingles(world, rollouts, floor);
    tell('all of the floor at once, then all rollouts aborted at once');
    const together = await measureTogether(world, rollouts, floor);
    const { setCandidateFails } = world;
    let badTogether: BadTogetherFigures | null = null;
    let oneEdge: OneEdgeFigures | null = null;
    if (setCandidateFails !== null) {
      tell('all in flight again, then all bad at once');
      await rollouts.restartAll(world.services);
      badTogether = await measureBadTogether(world, rollouts, setCandidateFails);
      tell('a bare loop over all, then all due and bad in one moment');
      oneEdge = await measureOneEdge(world, rollouts, setCandidateFails);
    }
    tell('all in flight again, then the worker killed');
    await rollouts.restartAll(world.services);
    const workerKilled = await measureWorkerKilled(world, rollouts);

    const perRollout = (residentMiBNow: number, index: number): number =>
      round(((residentMiBNow - (empty[index] ?? 0)) * 1024) / settings.rollouts);
    return {
      starts,
      memory: {
        workerKiBPerRollout: perRollout(steady.workerResidentMiB, 0),
        temporalKiBPerRollout: perRollout(steady.temporalResidentMiB, 1),
      },
      steady,
      single,
      together,
      badTogether,
      oneEdge,
      workerKilled,
    };
  });
}
