import { dirname, relative, resolve } from 'node:path';
import { STRATEGIES_OF_TIER } from '../domain/tier.js';
import { refusal } from '../spec/reading/refusal.js';
import { definedOnly } from '../spec/defined-only.js';
import { DEFAULT_ENVIRONMENT, DEFAULT_JOURNAL_FOLDER, DEFAULT_OBSERVATIONS_FOLDER } from './defaults.js';
import { readEnvironment, type EnvironmentValues } from './environment.js';
import type { ConfigFile } from './file-schema.js';
import { findFile } from './find-file.js';
import { EMPTY_FILE, readConfigFile } from './read-file.js';
import type { EnvironmentDefaults, HeadgateConfig, TemporalConfig, WorkerConfig } from './types.js';

export interface LoadOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The working folder: where the file is looked for, and what relative paths are relative to. */
  readonly cwd: string;
  /** Stronger than HEADGATE_CONFIG. */
  readonly file?: string;
}

/**
 * Everything that is configured: `headgate.yaml`, overridden by the environment.
 *
 * @throws InvalidSpecError with every problem of both at once.
 */
export function loadConfig({ env, cwd, file }: LoadOptions): HeadgateConfig {
  const environment = readEnvironment(env);
  const found = findFile(cwd, file ?? environment.values.HEADGATE_CONFIG);
  const read =
    found !== null && 'text' in found
      ? readConfigFile(found.text, nameFor(found.path, cwd), dirname(found.path))
      : EMPTY_FILE;
  const missing = found !== null && 'flaw' in found ? [found.flaw] : [];
  const flaws = [...missing, ...read.flaws, ...environment.flaws];
  if (flaws.length > 0) throw refusal('The configuration', flaws);
  const path = found !== null && 'path' in found ? found.path : null;
  const { values } = environment;
  return {
    file: path,
    routers: read.routers,
    metrics: read.metrics,
    services: read.services,
    hooks: read.hooks,
    journal: {
      kind: 'file',
      path: folderOf(values.HEADGATE_JOURNAL, read.written.journal?.path, DEFAULT_JOURNAL_FOLDER, path, cwd),
    },
    observations: {
      kind: 'file',
      path: folderOf(
        values.HEADGATE_OBSERVATIONS,
        read.written.observations?.path,
        DEFAULT_OBSERVATIONS_FOLDER,
        path,
        cwd,
      ),
    },
    worker: workerOf(read.written.worker, values),
    temporal: temporalOf(read.written.temporal, values, path === null ? cwd : dirname(path)),
    workflowIdPrefix: values.HEADGATE_WORKFLOW_ID_PREFIX ?? read.written.workflowIdPrefix ?? '',
    output: values.HEADGATE_OUTPUT ?? read.written.output ?? 'text',
    defaults: defaultsOf(values),
    tiers: { ...STRATEGIES_OF_TIER, ...definedOnly(read.written.tiers ?? {}) },
    warnings: [...read.warnings, ...environment.warnings],
  };
}

/** As somebody in the working folder would name it. */
function nameFor(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return name.startsWith('..') ? path : name;
}

/** What the environment says is meant from the working folder, what a file says from the file's. */
function folderOf(
  fromEnvironment: string | undefined,
  written: string | undefined,
  byDefault: string,
  file: string | null,
  cwd: string,
): string {
  if (fromEnvironment !== undefined) return resolve(cwd, fromEnvironment);
  return resolve(file === null ? cwd : dirname(file), written ?? byDefault);
}

function workerOf(written: ConfigFile['worker'], values: EnvironmentValues): WorkerConfig {
  const { shutdownGrace: shutdownGraceMs, deployment, ...rest } = written ?? {};
  return definedOnly({
    ...rest,
    deployment: values.HEADGATE_WORKER_VERSIONING === false ? undefined : deployment,
    shutdownGraceMs,
    host: values.HEADGATE_WORKER_HOST ?? rest.host,
    healthPort: values.HEADGATE_HEALTH_PORT ?? rest.healthPort,
    metricsPort: values.HEADGATE_METRICS_PORT ?? rest.metricsPort,
    logLevel: values.HEADGATE_LOG_LEVEL ?? rest.logLevel,
  });
}

function temporalOf(written: ConfigFile['temporal'], values: EnvironmentValues, folder: string): TemporalConfig {
  const payloadCodec = written?.payloadCodec === undefined ? undefined : resolve(folder, written.payloadCodec);
  return definedOnly({ ...written, taskQueue: values.HEADGATE_TASK_QUEUE ?? written?.taskQueue, payloadCodec });
}

function defaultsOf(values: EnvironmentValues): EnvironmentDefaults {
  return {
    ...DEFAULT_ENVIRONMENT,
    ...definedOnly({
      strategy: values.DEPLOYMENT_STRATEGY,
      tier: values.DEPLOYMENT_TIER,
      featureFlagsEnabled: values.FEATURE_FLAGS_ENABLED,
      minimumSampleSize: values.AB_TEST_MINIMUM_SAMPLE_SIZE,
      confidenceLevel: values.AB_TEST_CONFIDENCE_LEVEL,
      healthCheckIntervalMs: values.BLUE_GREEN_HEALTH_CHECK_INTERVAL,
      rollbackThreshold: values.BLUE_GREEN_ROLLBACK_THRESHOLD,
      initialTrafficPercent: values.CANARY_INITIAL_TRAFFIC,
      monitoringIntervalMs: values.CANARY_MONITORING_INTERVAL,
      autoProgression: values.CANARY_AUTO_PROGRESSION,
    }),
  };
}
