import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createHttpProbe } from '../../src/adapters/health/http.js';
import { createFileJournal } from '../../src/adapters/journal/file.js';
import type { TrafficRouter } from '../../src/ports/traffic-router.js';
import type { Ports } from '../../src/ports/service.js';
import { DEFAULT_WORKER_SETTINGS } from '../../src/worker/settings.js';
import { startWorker } from '../../src/worker/start-worker.js';
import { TASK_QUEUE } from '../../src/workflows/messages.js';
import { partConfig, partReady, partSays } from '../lib/forked.js';
import { createFloorActivities } from './floor-activities.js';
import { planePorts, type PlaneAddress } from './plane-ports.js';
import { FLOOR_QUEUE } from './settings.js';

export interface WorkerConfig {
  readonly address: string;
  readonly namespace: string;
  readonly plane: PlaneAddress;
  readonly journalDirectory: string;
  /** What it says it knows: a stop of the line is about these. */
  readonly services: readonly string[];
  /** The floor's workflows, bundled; `null` for a worker without them. */
  readonly floorBundle: string | null;
}

/** Said unasked: so many services are written in one go. */
export interface WorkerSaid {
  readonly bulkWrite: number;
}

const { address, namespace, plane, journalDirectory, services, floorBundle } = partConfig() as WorkerConfig;
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

const planeHere = planePorts(plane);
const { metrics, routeOf } = planeHere;
const router: TrafficRouter = {
  ...planeHere.router,
  setMany: (changes, limits) => {
    partSays({ bulkWrite: changes.length } satisfies WorkerSaid);
    return planeHere.router.setMany(changes, limits);
  },
};
const common = { router, metrics, probe: createHttpProbe(), urls: {} };
const ports: Ports = {
  journal: createFileJournal({ directory: journalDirectory }),
  services,
  serviceNamed: (service) => ({ ...common, service, route: routeOf(service) }),
};

await startWorker({ connection: { address }, namespace, taskQueue: TASK_QUEUE }, ports, DEFAULT_WORKER_SETTINGS);
if (floorBundle !== null) await startFloor(floorBundle);
partReady({});

/** In the same process, beside Headgate's worker as it is. */
async function startFloor(codePath: string): Promise<void> {
  const floor = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    namespace,
    taskQueue: FLOOR_QUEUE,
    workflowBundle: { codePath },
    activities: createFloorActivities(planeHere),
  });
  void floor.run();
}
