import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createHttpProbe } from '../../src/adapters/health/http.js';
import { createFileJournal } from '../../src/adapters/journal/file.js';
import type { Ports } from '../../src/ports/service.js';
import { DEFAULT_WORKER_SETTINGS } from '../../src/worker/settings.js';
import { startWorker } from '../../src/worker/start-worker.js';
import { TASK_QUEUE } from '../../src/workflows/messages.js';
import { partConfig, partReady } from '../lib/forked.js';
import { createFloorActivities } from './floor-activities.js';
import { planePorts, type PlaneAddress } from './plane-ports.js';
import { FLOOR_QUEUE } from './settings.js';

export interface WorkerConfig {
  readonly address: string;
  readonly namespace: string;
  readonly plane: PlaneAddress;
  readonly journalDirectory: string;
  /** The floor's workflows, bundled; `null` for a worker without them. */
  readonly floorBundle: string | null;
}

const { address, namespace, plane, journalDirectory, floorBundle } = partConfig() as WorkerConfig;
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

const planeHere = planePorts(plane);
const { router, metrics, routeOf } = planeHere;
const common = { router, metrics, probe: createHttpProbe(), urls: {} };
const ports: Ports = {
  journal: createFileJournal({ directory: journalDirectory }),
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
