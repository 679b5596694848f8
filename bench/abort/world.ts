import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import type { Releasers } from '../../src/dev/releasers.js';
import { startReaper } from '../../src/dev/process/reaper.js';
import { startTemporalOnFreePorts, type TemporalServer } from '../../src/dev/temporal-server.js';
import { forkPart, type Forked } from '../lib/forked.js';
import { imageEnvironment } from '../lib/image-environment.js';
import { FLOOR_BUNDLE } from './bundles.js';
import { startPlane, type BenchPlane } from './plane.js';
import { floorName, serviceName, type AbortSettings } from './settings.js';
import type { PlaneAddress } from './plane-ports.js';
import { startUsers, type BenchUsers } from './users.js';
import type { WorkerConfig } from './worker-part.js';

/**
 * What a run is made on: a real Temporal development server (in memory, as it is by default), a real data plane, one
 * real worker, each a process.
 */
export interface BenchWorld extends Pick<BenchPlane, 'shares' | 'seen' | 'setCandidateFails'> {
  readonly settings: AbortSettings;
  readonly services: readonly string[];
  readonly temporal: TemporalServer;
  readonly client: Client;
  readonly deployment: CanaryDeployment;
  readonly users: BenchUsers;
  /** By which a process reaches the data plane. */
  readonly address: PlaneAddress;
  /** Routes with a share on the candidate that nothing else moves, one for each rollout. */
  readonly loopRoutes: readonly string[];
  /** The worker's process; another one after a restart. */
  readonly worker: () => Forked<object>;
  killWorker(): Promise<void>;
  startWorker(): Promise<Forked<object>>;
}

/** How many routes the floor may move in one run, and the bare loop after it. */
function floorCount({ rollouts, singleAborts }: AbortSettings): number {
  return 2 * rollouts + singleAborts;
}

export async function startBenchWorld(
  executable: string,
  settings: AbortSettings,
  releasers: Releasers,
): Promise<BenchWorld> {
  const directory = releasers.add('the directory', await mkdtemp(join(tmpdir(), 'headgate-bench-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const reaper = releasers.add('the reaper', startReaper(), (one) => one.close());
  const temporal = releasers.add(
    'Temporal',
    await startTemporalOnFreePorts(
      { executable, dbFile: join(directory, 'temporal.db'), logFile: join(directory, 'temporal.log'), reaper },
      { port: 0, uiPort: 0 },
    ),
    (server) => server.stop(),
  );
  const services = Array.from({ length: settings.rollouts }, (_, index) => serviceName(index));
  const floors = Array.from({ length: floorCount(settings) }, (_, index) => floorName(index));
  const loopRoutes = floors.slice(-settings.rollouts);
  const environment = await imageEnvironment();
  const plane = await startPlane({ settings, services, floors, directory, reaper }, releasers);
  /** After a restart nobody needs the floor: what it takes to start is not Headgate's. */
  const startWorker = (floorBundle: string | null): Promise<Forked<object>> => {
    const config: WorkerConfig = {
      address: temporal.address,
      namespace: temporal.namespace,
      plane: plane.address,
      journalDirectory: join(directory, 'journal'),
      services,
      floorBundle,
    };
    return forkPart(new URL('./worker-part.js', import.meta.url), config, environment);
  };
  let worker = await startWorker(FLOOR_BUNDLE);
  releasers.add('the worker', null, () => worker.kill());
  const { client } = temporal;
  return {
    settings,
    services,
    temporal,
    client,
    deployment: new CanaryDeployment({ client }),
    address: plane.address,
    loopRoutes,
    shares: plane.shares,
    seen: plane.seen,
    setCandidateFails: plane.setCandidateFails,
    users: releasers.add('the users', startUsers(plane, services, settings.monitoringIntervalMs), (users) =>
      users.stop(),
    ),
    worker: () => worker,
    killWorker: () => worker.kill(),
    async startWorker() {
      worker = await startWorker(null);
      return worker;
    },
  };
}
