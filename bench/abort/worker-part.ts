import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createHttpProbe } from '../../src/adapters/health/http.js';
import { createFileJournal } from '../../src/adapters/journal/file.js';
import { createGatewayMetrics } from '../../src/adapters/metrics/gateway.js';
import { createGatewayRouter } from '../../src/adapters/routers/gateway.js';
import type { Ports } from '../../src/ports/service.js';
import { DEFAULT_WORKER_SETTINGS } from '../../src/worker/settings.js';
import { startWorker } from '../../src/worker/start-worker.js';
import { TASK_QUEUE } from '../../src/workflows/messages.js';
import { partConfig, partReady } from '../lib/forked.js';
import { createFloorActivities } from './floor-activities.js';
import { BASELINE, CANDIDATE, FLOOR_QUEUE } from './settings.js';

export interface WorkerConfig {
  readonly address: string;
  readonly namespace: string;
  readonly adminUrl: string;
  readonly journalDirectory: string;
  /** The floor's workflows, bundled. */
  readonly floorBundle: string;
}

const { address, namespace, adminUrl, journalDirectory, floorBundle } = partConfig() as WorkerConfig;
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

const gateway = { instances: [adminUrl], timeoutMs: 2000 };
const common = {
  router: createGatewayRouter(gateway),
  metrics: createGatewayMetrics(gateway),
  probe: createHttpProbe(),
  urls: {},
};
const targets = { [BASELINE]: BASELINE, [CANDIDATE]: CANDIDATE };
const ports: Ports = {
  journal: createFileJournal({ directory: journalDirectory }),
  serviceNamed: (service) => ({ ...common, service, route: { service, targets } }),
};

// Headgate's worker as it is, and the floor's beside it in the same process.
await startWorker({ connection: { address }, namespace, taskQueue: TASK_QUEUE }, ports, DEFAULT_WORKER_SETTINGS);
const connection = await NativeConnection.connect({ address });
const floor = await Worker.create({
  connection,
  namespace,
  taskQueue: FLOOR_QUEUE,
  workflowBundle: { codePath: floorBundle },
  activities: createFloorActivities(adminUrl),
});
void floor.run();
partReady({});
