import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Worker, type NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { createActivities, Observer, type Activities } from '../activities/index.js';
import { workerIdentity } from '../domain/worker-services.js';
import type { Ports } from '../ports/service.js';
import { hooksQueueOf, watchQueueOf } from '../workflows/messages.js';
import { connect } from './connect.js';
import { deploymentOptions, VersionStanding } from './deployment.js';
import { startHealthServer, type Health, type HealthServer } from './health-server.js';
import { rolloutsInFlight } from './metrics/in-flight.js';
import { RolloutMetrics } from './metrics/rollout-metrics.js';
import { otherWorkersOf } from './other-workers.js';
import type { WorkerSettings } from './settings.js';
import { createTaskSlots } from './task-slots.js';
import { beginTakeOver, type TakeOver } from './take-over/take-over.js';
import { workflowBundle } from './workflow-bundle.js';

/** How long a worker that stops waits for what it has observed to be written. */
const LAST_OBSERVATIONS_MS = 2000;

export interface WorkerPlace {
  readonly connection: NativeConnectionOptions;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Encodes what is given to the server: the same as the clients'. */
  readonly dataConverter?: DataConverter;
  /**
   * The file whose exports are the workflows of all kinds that it runs. What its modules keep is kept for each rollout alone.
   *
   * @default Headgate's own
   */
  readonly workflowsPath?: string;
}

/** A worker at work. */
export interface RunningWorker {
  /** Ends when the worker has stopped; rejects when it broke. */
  readonly done: Promise<void>;
  readonly healthUrl: string | null;
  /** Stops taking work, lets what runs end within the grace time, then stops; forced 5 s later, e.g. without Temporal. */
  shutdown(): Promise<void>;
}

/** Workflow tasks held at once, besides those that wait for the data plane: the slowest machine needs less than a second for one. */
const HELD_WORKFLOW_TASKS = 10;

/**
 * How long a task waits for the worker that knows its rollout, before it goes to any. A crowd of hundreds takes seconds, on a
 * slow machine half a minute; a task that does not wait for so long is replayed from its beginning, and then all wait longer.
 * What a killed worker leaves is taken over by the next one that starts.
 */
const STICKY_PATIENCE = '30s';

/** Local activities are what moves traffic back: none waits for another. */
const MOST_LOCAL_ACTIVITIES = 2000;

/**
 * How long workflow code may run without a pause, by a clock that goes on while the machine stands still. The SDK takes
 * this option without offering it, and has 5 s; when they are over inside a promise, Node.js ends the whole process
 * (nodejs/node#38503).
 */
const WORKFLOW_CODE = { isolateExecutionTimeout: '5 minutes' };

/** Hooks are few, and none of them is in a hurry. */
const FEW_POLLERS = { type: 'simple-maximum', maximum: 1 } as const;

/** What a worker that does not stop within its grace time is given on top. */
const FORCED_AFTER_MS = 5000;

/**
 * Polls three queues: one for workflows and what moves traffic, one for watches, one for hooks.
 *
 * @throws HeadgateError `SERVER_UNREACHABLE`; and what listening on the health port throws.
 */
export async function startWorker(place: WorkerPlace, ports: Ports, settings: WorkerSettings): Promise<RunningWorker> {
  const workers: Worker[] = [];
  let client: Client | null = null;
  let version: VersionStanding | null = null;
  const isReady = (): boolean => isPolling(workers) && version?.isGivenWork !== false;
  const metrics = new RolloutMetrics(settings.maxConcurrentWatches, isReady, async () =>
    client === null ? null : rolloutsInFlight(client, place.taskQueue),
  );
  // First, so that a port that is taken is told at once, and who asks meanwhile hears that it is not ready.
  const health = await startHealth(settings, {
    state: () => ({ ...states(workers), ...(version === null ? {} : { version: version.last }) }),
    ready: isReady,
    refresh: async () => version?.refresh(),
    metrics: () => metrics.expose(),
  });
  const observer = new Observer(ports.observations);
  const ended = new AbortController();
  let connection: NativeConnection | null = null;
  let takeOver: TakeOver | null = null;
  const identity = workerIdentity(`${String(process.pid)}@${hostname()}`, ports.services ?? []);
  try {
    connection = await connect(place.connection);
    takeOver = beginTakeOver({ connection, namespace: place.namespace, taskQueue: place.taskQueue });
    client = new Client({ connection, namespace: place.namespace });
    if (settings.deployment !== null) version = new VersionStanding(client, settings.deployment);
    const others = otherWorkersOf({ client, taskQueue: place.taskQueue, identity, services: ports.services ?? [] });
    const activities = createActivities(ports, metrics, observer, others, ended.signal);
    workers.push(...(await createWorkers(connection, { ...place, identity }, activities, settings)));
  } catch (error) {
    ended.abort();
    await health?.close();
    await takeOver?.stop();
    // What went wrong first is what people must see.
    await connection?.close().catch(() => undefined);
    throw error;
  }
  const done = runUntilEnd(workers, connection, takeOver, health, observer).finally(() => ended.abort());
  // Said once at the start, whether anybody asks or not.
  void version?.refresh();
  return {
    done,
    healthUrl: health?.url ?? null,
    shutdown: async () => {
      shutdownAll(workers);
      await done.catch((error: unknown) => {
        if (!wasForced(error)) throw error;
      });
    },
  };
}

async function createWorkers(
  connection: NativeConnection,
  { namespace, taskQueue, dataConverter, workflowsPath, identity }: WorkerPlace & { readonly identity: string },
  activities: Activities,
  settings: WorkerSettings,
): Promise<[rollouts: Worker, watches: Worker, hooks: Worker]> {
  const common = {
    connection,
    namespace,
    identity,
    activities,
    ...(dataConverter === undefined ? {} : { dataConverter }),
    shutdownGraceTime: settings.shutdownGraceMs,
    shutdownForceTime: settings.shutdownGraceMs + FORCED_AFTER_MS,
    ...(settings.deployment === null ? {} : { workerDeploymentOptions: deploymentOptions(settings.deployment) }),
  };
  const slots = createTaskSlots(Math.min(HELD_WORKFLOW_TASKS, settings.maxCachedWorkflows), MOST_LOCAL_ACTIVITIES);
  const rollouts = await Worker.create({
    ...common,
    workflowBundle: await workflowBundle(workflowsPath),
    taskQueue,
    maxCachedWorkflows: settings.maxCachedWorkflows,
    stickyQueueScheduleToStartTimeout: STICKY_PATIENCE,
    tuner: {
      workflowTaskSlotSupplier: slots.workflowTasks,
      localActivityTaskSlotSupplier: slots.localActivities,
      activityTaskSlotSupplier: { type: 'fixed-size', numSlots: settings.maxConcurrentActivities },
      nexusTaskSlotSupplier: { type: 'fixed-size', numSlots: 1 },
    },
    workflowThreadPoolSize: settings.workflowThreads,
    ...WORKFLOW_CODE,
  });
  const watches = await Worker.create({
    ...common,
    taskQueue: watchQueueOf(taskQueue),
    maxConcurrentActivityTaskExecutions: settings.maxConcurrentWatches,
    maxHeartbeatThrottleInterval: '2s',
  });
  const hooks = await Worker.create({
    ...common,
    taskQueue: hooksQueueOf(taskQueue),
    maxConcurrentActivityTaskExecutions: settings.maxConcurrentHooks,
    activityTaskPollerBehavior: FEW_POLLERS,
    maxHeartbeatThrottleInterval: '2s',
  });
  return [rollouts, watches, hooks];
}

function startHealth({ host, healthPort }: WorkerSettings, health: Health): Promise<HealthServer | null> {
  return healthPort === null ? Promise.resolve(null) : startHealthServer(host, healthPort, health);
}

/** When one of them ends, also by breaking, the others end too: half a worker would be worse than none. */
async function runUntilEnd(
  workers: readonly Worker[],
  connection: NativeConnection,
  takeOver: TakeOver,
  health: HealthServer | null,
  observer: Observer,
): Promise<void> {
  try {
    const ends = await Promise.allSettled(workers.map((worker) => worker.run().finally(() => shutdownAll(workers))));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await observer.settled(LAST_OBSERVATIONS_MS);
    await health?.close();
    await takeOver.stop();
    await connection.close();
  }
}

/** What the SDK says of a worker that did not end in time; the second when it still waits for an answer of Temporal. */
const FORCED: readonly string[] = ['GracefulShutdownPeriodExpiredError', 'IllegalStateError'];

function wasForced(error: unknown): boolean {
  return error instanceof Error && FORCED.includes(error.name);
}

function shutdownAll(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

function isPolling(workers: readonly Worker[]): boolean {
  return workers.length > 0 && workers.every((worker) => worker.getState() === 'RUNNING');
}

function states(workers: readonly Worker[]): Record<string, string> {
  const [rollouts, watches, hooks] = workers.map((worker) => worker.getState());
  return { rollouts: rollouts ?? 'STARTING', watches: watches ?? 'STARTING', hooks: hooks ?? 'STARTING' };
}
