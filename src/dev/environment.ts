import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryDeployment } from '../client/canary/canary-deployment.js';
import { obtainProgram } from './binaries/obtain.js';
import { TEMPORAL_CLI } from './binaries/programs.js';
import { startDataPlane } from './data-plane.js';
import { startEnvoyPlane, type EnvoyService } from './envoy-plane.js';
import { preferredPort } from './free-port.js';
import type { ConfiguredServices, DataPlane, OwnServices } from './gateway/plane.js';
import { whoHasPort } from './gateway/who-has-port.js';
import { superviseTemporal, type SupervisedTemporal } from './supervised-temporal.js';
import { listPrograms, REAPER, type ProgramList } from './process/left-programs.js';
import { startReaper, type Reaper } from './process/reaper.js';
import type { Releasers } from './releasers.js';
import { startTemporalOnFreePorts } from './temporal-server.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

export interface EnvironmentOptions {
  /** Holds everything that is written. */
  readonly directory: string;
  readonly services: OwnServices | ConfiguredServices | EnvoyService;
  /** How long workflows and weights are kept: over every end, or until this run ends in order. */
  readonly memory: 'lasting' | 'thisRun';
  /** Used when nobody has them. */
  readonly temporalPort: number;
  readonly temporalUiPort: number;
  readonly env: NodeJS.ProcessEnv;
  /** Says what takes time, and what happens by itself. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A Temporal server, gateways and a worker that know each other, all on this machine. */
export interface Environment {
  readonly temporal: SupervisedTemporal;
  readonly dataPlane: DataPlane;
  readonly worker: WorkerProcess;
  readonly deployment: CanaryDeployment;
}

/** Starts all of it; each part joins `releasers` as soon as it is there. */
export async function startEnvironment(options: EnvironmentOptions, releasers: Releasers): Promise<Environment> {
  const { directory, services, env, say, signal } = options;
  await mkdir(directory, { recursive: true });
  const programs = releasers.add('the list of programs', await listPrograms(directory, say), (one) => one.forget());
  const reaper = releasers.add('the reaper', startReaper(), (one) => one.close());
  if (reaper.pid !== undefined) await programs.remember(REAPER, reaper.pid);
  const parts = { reaper, programs };

  // First, because a port that somebody else has ends it here, before anything is obtained or started.
  say(services.kind === 'envoy' ? 'starting Envoy' : 'starting the gateway');
  const dataPlane = await startPlane(options, parts, releasers);
  const temporal = await startTemporal(options, parts, releasers);

  say('starting the worker');
  const noTemporalConfig = join(directory, 'temporal.toml');
  // A file that is quite empty is more than Temporal's library can read.
  await writeFile(noTemporalConfig, '[profile.default]\n');
  const healthPort = services.kind === 'configured' ? (services.config.worker.healthPort ?? 0) : 0;
  const worker = await startWorkerProcess({
    reaper,
    ...(signal === undefined ? {} : { signal }),
    configFile: dataPlane.configFile,
    healthPort: await preferredPort(healthPort, { taker: "the worker's health endpoint", whoHasPort, say }),
    env: childEnv(services.kind === 'configured' ? env : inEveryTier(env), temporal, noTemporalConfig),
    logFile: join(directory, 'worker.log'),
    onStart: (pid) => programs.remember('worker', pid),
    onRestart: (how, pid) => say(`the worker ended (${how}) and was started again, as process ${String(pid)}`),
  });
  releasers.add('the worker', worker, (one) => one.stop());
  return { temporal, dataPlane, worker, deployment: new CanaryDeployment({ client: temporal.client }) };
}

/** A demonstration shows what there is, whatever the installation may use. */
function inEveryTier(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'DEPLOYMENT_TIER'));
}

interface Parts {
  readonly reaper: Reaper;
  readonly programs: ProgramList;
}

function startPlane(
  { services, directory, memory, env, say, signal }: EnvironmentOptions,
  { reaper }: Parts,
  releasers: Releasers,
): Promise<DataPlane> {
  if (services.kind === 'envoy') return startEnvoyPlane(services, { directory, env, say, reaper }, releasers);
  const persistent = memory === 'lasting';
  const ending = signal === undefined ? {} : { signal };
  return startDataPlane({ services, directory, persistent, say, env, reaper, ...ending }, releasers);
}

const DATABASE_FILES = ['', '-wal', '-shm'] as const;

async function startTemporal(
  { directory, memory, temporalPort, temporalUiPort, env, say, signal }: EnvironmentOptions,
  { reaper, programs }: Parts,
  releasers: Releasers,
): Promise<SupervisedTemporal> {
  const { path: executable, version } = await obtainProgram(TEMPORAL_CLI, { env, onProgress: say });
  say(`starting Temporal ${version}`);
  const dbFile = join(directory, memory === 'lasting' ? 'temporal.db' : 'temporal.ephemeral.db');
  const forget = async (): Promise<void> => {
    await Promise.all(DATABASE_FILES.map((suffix) => rm(`${dbFile}${suffix}`, { force: true })));
  };
  if (memory === 'thisRun') {
    await forget();
    releasers.add("Temporal's memory", dbFile, forget);
  }
  const server = await startTemporalOnFreePorts(
    {
      reaper,
      executable,
      dbFile,
      logFile: join(directory, 'temporal.log'),
      ...(signal === undefined ? {} : { signal }),
    },
    {
      port: await preferredPort(temporalPort, { taker: 'Temporal', whoHasPort, say }),
      uiPort: await preferredPort(temporalUiPort, { taker: "Temporal's UI", whoHasPort, say }),
    },
  );
  const temporal = await superviseTemporal(server, {
    say,
    onStart: (pid) => programs.remember('Temporal server', pid),
  });
  return releasers.add('the Temporal server', temporal, (one) => one.stop());
}

/**
 * What the programs of a development environment see of Temporal: this server and nothing else.
 *
 * Whoever works with a real cluster has its address, key and certificates in the environment or in Temporal's own
 * configuration file. A development worker must never reach it.
 */
export function childEnv(
  env: NodeJS.ProcessEnv,
  temporal: { readonly address: string; readonly namespace: string },
  emptyTemporalConfigFile: string,
): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return {
    ...Object.fromEntries(others),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_CONFIG_FILE: emptyTemporalConfigFile,
    // Nobody tells this server which version is current, and without one it gives out no work.
    HEADGATE_WORKER_VERSIONING: 'false',
  };
}
