import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { HeadgateConfig } from '../config/types.js';
import { createPorts } from '../wiring/create-ports.js';
import { lookAtGateways } from '../wiring/gateways.js';
import { loadDataConverter } from '../wiring/data-converter.js';
import { TASK_QUEUE } from '../workflows/messages.js';
import { NoServicesError, WorkerPortInUseError } from './errors.js';
import { DEFAULT_WORKER_SETTINGS, type WorkerSettings } from './settings.js';
import { startWorker, type RunningWorker, type WorkerPlace } from './start-worker.js';
import { createLog, installTelemetry, type Log } from './telemetry.js';

export interface RunWorkerOptions {
  /** Host and port; default: Temporal's own environment configuration. */
  readonly address?: string;
  readonly namespace?: string;
  readonly profile?: string;
}

/**
 * Runs a worker as configured: logs, metrics, health endpoint, both queues. Once per process.
 *
 * @throws NoServicesError, WorkerPortInUseError; and what {@link startWorker} throws.
 */
export async function runWorker(config: HeadgateConfig, options: RunWorkerOptions = {}): Promise<RunningWorker> {
  if (Object.keys(config.services).length === 0) throw new NoServicesError(config.file);
  const settings = settingsOf(config);
  const log = createLog(settings.logLevel);
  installTelemetry(log, settings);
  for (const warning of config.warnings) log.warn({ file: config.file }, warning);
  const place = await placeOf(config, options);
  const worker = await startWorker(place, createPorts(config), settings).catch((error: unknown) => {
    throw explained(error, settings);
  });
  log.info(
    {
      address: place.connection.address,
      namespace: place.namespace,
      taskQueue: place.taskQueue,
      health: worker.healthUrl,
      services: Object.keys(config.services),
    },
    'worker started',
  );
  void warnOfForeignGateways(config, log);
  return worker;
}

/** The system names the port in words only. */
function explained(error: unknown, { host, healthPort }: WorkerSettings): unknown {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (!isTaken || healthPort === null) return error;
  return new WorkerPortInUseError('worker.healthPort', 'HEADGATE_HEALTH_PORT', `${host}:${String(healthPort)}`, error);
}

/** A gateway may come later than its worker; somebody else at its address is a mistake that people should hear of. */
async function warnOfForeignGateways(config: HeadgateConfig, log: Log): Promise<void> {
  try {
    for (const { problem, remedy } of await lookAtGateways(config)) if (problem !== null) log.warn({ remedy }, problem);
  } catch (error) {
    log.warn({ why: String(error) }, 'could not look whose the gateways are');
  }
}

function settingsOf({ worker }: HeadgateConfig): WorkerSettings {
  return { ...DEFAULT_WORKER_SETTINGS, ...worker };
}

async function placeOf({ temporal }: HeadgateConfig, options: RunWorkerOptions): Promise<WorkerPlace> {
  const profile = options.profile ?? temporal.profile;
  const fromEnvironment = loadClientConnectConfig(profile === undefined ? {} : { profile });
  const address = options.address ?? fromEnvironment.connectionOptions.address;
  return {
    connection: { ...fromEnvironment.connectionOptions, ...(address === undefined ? {} : { address }) },
    namespace: options.namespace ?? temporal.namespace ?? fromEnvironment.namespace ?? 'default',
    taskQueue: temporal.taskQueue ?? TASK_QUEUE,
    ...(temporal.payloadCodec === undefined ? {} : { dataConverter: await loadDataConverter(temporal.payloadCodec) }),
  };
}
