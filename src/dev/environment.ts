import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryDeployment } from '../client/canary-deployment.js';
import { obtainProgram } from './binaries/obtain.js';
import { TEMPORAL_CLI } from './binaries/programs.js';
import { childEnv } from './child-env.js';
import { startDataPlane, type ConfiguredServices, type DataPlane, type OwnServices } from './data-plane.js';
import { startEnvoyPlane, type EnvoyService } from './envoy-plane.js';
import { freePort } from './free-port.js';
import { startReaper } from './process/reaper.js';
import type { Releasers } from './releasers.js';
import { startTemporalOnFreePorts, type TemporalServer } from './temporal-server.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

export interface EnvironmentOptions {
  /** Holds everything that is written. */
  readonly directory: string;
  readonly services: OwnServices | ConfiguredServices | EnvoyService;
  /** Whether workflows and weights are there again after a restart. */
  readonly persistent: boolean;
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
  readonly temporal: TemporalServer;
  readonly dataPlane: DataPlane;
  readonly worker: WorkerProcess;
  readonly deployment: CanaryDeployment;
}

/** Starts all of it; each part joins `releasers` as soon as it is there. */
export async function startEnvironment(options: EnvironmentOptions, releasers: Releasers): Promise<Environment> {
  const { directory, services, persistent, env, say, signal } = options;
  await mkdir(directory, { recursive: true });
  const { path: executable, version } = await obtainProgram(TEMPORAL_CLI, { env, onProgress: say });
  const reaper = releasers.add('the reaper', startReaper(), (one) => one.close());
  const common = { reaper, ...(signal === undefined ? {} : { signal }) };

  say(`starting Temporal ${version}`);
  const temporal = await startTemporalOnFreePorts(
    {
      ...common,
      executable,
      ...(persistent ? { dbFile: join(directory, 'temporal.db') } : {}),
      logFile: join(directory, 'temporal.log'),
    },
    { port: options.temporalPort, uiPort: options.temporalUiPort },
  );
  releasers.add('the Temporal server', temporal, (server) => server.stop());

  say(services.kind === 'envoy' ? 'starting Envoy' : 'starting the gateway');
  const dataPlane =
    services.kind === 'envoy'
      ? await startEnvoyPlane(services, { directory, env, say, reaper }, releasers)
      : await startDataPlane({ services, directory, persistent, say }, releasers);

  say('starting the worker');
  const noTemporalConfig = join(directory, 'temporal.toml');
  // A file that is quite empty is more than Temporal's library can read.
  await writeFile(noTemporalConfig, '[profile.default]\n');
  const worker = await startWorkerProcess({
    ...common,
    configFile: dataPlane.configFile,
    healthPort: await freePort(services.kind === 'configured' ? services.config.worker.healthPort : 0),
    env: childEnv(env, temporal, noTemporalConfig),
    logFile: join(directory, 'worker.log'),
    onRestart: (how, pid) => say(`the worker ended (${how}) and was started again, as process ${String(pid)}`),
  });
  releasers.add('the worker', worker, (one) => one.stop());
  return { temporal, dataPlane, worker, deployment: new CanaryDeployment({ client: temporal.client }) };
}
