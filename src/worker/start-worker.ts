import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import {
  bundleWorkflowCode,
  NativeConnection,
  Runtime,
  Worker,
  type NativeConnectionOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { createActivities } from '../activities/index.js';
import type { Ports } from '../ports/service.js';
import { watchQueueOf } from '../workflows/messages.js';
import { startHealthServer, type HealthServer } from './health-server.js';
import type { WorkerSettings } from './settings.js';

export interface WorkerPlace {
  readonly connection: NativeConnectionOptions;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Encodes what is given to the server: the same as the clients'. */
  readonly dataConverter?: DataConverter;
}

/** A worker at work. */
export interface RunningWorker {
  /** Ends when the worker has stopped; rejects when it broke. */
  readonly done: Promise<void>;
  readonly healthUrl: string | null;
  /** Stops taking work, lets what runs end within the grace time, then stops. */
  shutdown(): Promise<void>;
}

/**
 * A task meant for a worker that was killed goes to another one after so long. Shorter, and a worker that is merely
 * busy loses its tasks, which then replay whole histories and make it busier still.
 */
const STICKY_TIMEOUT = '2s';

/** Polls both queues: one for workflows and what moves traffic, one for watches. */
export async function startWorker(place: WorkerPlace, ports: Ports, settings: WorkerSettings): Promise<RunningWorker> {
  const connection = await NativeConnection.connect(place.connection);
  const common = {
    connection,
    namespace: place.namespace,
    ...(place.dataConverter === undefined ? {} : { dataConverter: place.dataConverter }),
    shutdownGraceTime: settings.shutdownGraceMs,
    shutdownForceTime: settings.shutdownGraceMs + 5000,
  };
  const activities = createActivities(ports);
  const rollouts = await Worker.create({
    ...common,
    workflowBundle: await workflows(),
    activities,
    taskQueue: place.taskQueue,
    maxCachedWorkflows: settings.maxCachedWorkflows,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    maxConcurrentActivityTaskExecutions: settings.maxConcurrentActivities,
    maxConcurrentLocalActivityExecutions: settings.maxConcurrentActivities,
  });
  const watches = await Worker.create({
    ...common,
    activities,
    taskQueue: watchQueueOf(place.taskQueue),
    maxConcurrentActivityTaskExecutions: settings.maxConcurrentWatches,
    maxHeartbeatThrottleInterval: '2s',
  });
  const both = [rollouts, watches];
  const health =
    settings.healthPort === null
      ? null
      : await startHealthServer(
          settings.healthPort,
          () => states(rollouts, watches),
          () => isPolling(both),
        );
  const done = runUntilEnd(both, connection, health);
  return {
    done,
    healthUrl: health?.url ?? null,
    shutdown: async () => {
      shutdownAll(both);
      await done;
    },
  };
}

/** When one of the two ends, also by breaking, the other ends too: half a worker would be worse than none. */
async function runUntilEnd(
  workers: readonly Worker[],
  connection: NativeConnection,
  health: HealthServer | null,
): Promise<void> {
  try {
    const ends = await Promise.allSettled(workers.map((worker) => worker.run().finally(() => shutdownAll(workers))));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await health?.close();
    await connection.close();
  }
}

function shutdownAll(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

function isPolling(workers: readonly Worker[]): boolean {
  return workers.every((worker) => worker.getState() === 'RUNNING');
}

function states(rollouts: Worker, watches: Worker): Record<string, string> {
  return { rollouts: rollouts.getState(), watches: watches.getState() };
}

/** The prebuilt bundle where there is one: bundling at start takes seconds. */
async function workflows(): Promise<WorkflowBundleOption> {
  const bundle = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
  if (existsSync(bundle)) return { codePath: bundle };
  return bundleWorkflowCode({
    workflowsPath: moduleOf('index'),
    payloadConverterPath: moduleOf('payload-converter'),
    logger: Runtime.instance().logger,
  });
}

/** As it was built, or as it is written. */
function moduleOf(name: string): string {
  const [built = '', ...written] = ['js', 'ts'].map((extension) =>
    fileURLToPath(new URL(`../workflows/${name}.${extension}`, import.meta.url)),
  );
  return [built, ...written].find((path) => existsSync(path)) ?? built;
}
