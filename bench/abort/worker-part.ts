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
  /** The floor's workflows, bundled. */
  readonly floorBundle: string;
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

// Headgate's worker as it is, and the floor's beside it in the same process.
await startWorker({ connection: { address }, namespace, taskQueue: TASK_QUEUE }, ports, DEFAULT_WORKER_SETTINGS);
const connection = await NativeConnection.connect({ address });
const floor = await Worker.create({
  connection,
  namespace,
  taskQueue: FLOOR_QUEUE,
  workflowBundle: { codePath: floorBundle },
  activities: createFloorActivities(planeHere),
});
void floor.run();
partReady({});
