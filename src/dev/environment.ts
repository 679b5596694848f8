import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryDeployment } from '../client/canary-deployment.js';
import { startGateway, type Gateway } from '../gateway/gateway.js';
import type { RouteInput } from '../gateway/options.js';
import { obtainProgram } from './binaries/obtain.js';
import { TEMPORAL_CLI } from './binaries/programs.js';
import { childEnv } from './child-env.js';
import { devConfigFile, type DevService } from './config-file.js';
import { freePort } from './free-port.js';
import { startReaper } from './process/reaper.js';
import type { Releasers } from './releasers.js';
import { startTemporalServer, type TemporalServer } from './temporal-server.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

export interface EnvironmentOptions {
  /** Holds everything that is written. */
  readonly directory: string;
  readonly services: readonly DevService[];
  /** Used instead of one that is made from `services`. */
  readonly configFile?: string;
  /** Whether workflows and weights are there again after a restart. */
  readonly persistent: boolean;
  /** Ports that are used when nobody has them. */
  readonly ports: {
    readonly temporal?: number;
    readonly temporalUi?: number;
    readonly gateway?: number;
    readonly gatewayAdmin?: number;
  };
  /** Milliseconds per cell of the gateway's counters. Default the gateway's own. */
  readonly grainMs?: number;
  readonly env: NodeJS.ProcessEnv;
  /** Says what takes time. */
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** A Temporal server, a gateway and a worker that know each other, all on this machine. */
export interface Environment {
  readonly temporal: TemporalServer;
  readonly gateway: Gateway;
  readonly worker: WorkerProcess;
  readonly configFile: string;
  readonly deployment: CanaryDeployment;
}

/** By which the gateway of a development environment tells users apart. */
export const USER_COOKIE = 'hg_user';

/** How long users' requests may take to end when the gateway is asked to. */
const DRAIN_MS = 2000;

/** Starts all of it; each part joins `releasers` as soon as it is there. */
export async function startEnvironment(options: EnvironmentOptions, releasers: Releasers): Promise<Environment> {
  const { directory, services, ports, persistent, env, onProgress, signal } = options;
  await mkdir(directory, { recursive: true });
  const { path: executable, version } = await obtainProgram(TEMPORAL_CLI, { env, onProgress });
  const reaper = releasers.add('the reaper', startReaper(), (one) => one.close());
  const common = { reaper, ...(signal === undefined ? {} : { signal }) };

  onProgress(`starting Temporal ${version}`);
  const temporal = await startTemporalServer({
    ...common,
    executable,
    port: await freePort(ports.temporal),
    uiPort: await freePort(ports.temporalUi),
    ...(persistent ? { dbFile: join(directory, 'temporal.db') } : {}),
    logFile: join(directory, 'temporal.log'),
  });
  releasers.add('the Temporal server', temporal, (server) => server.stop());

  onProgress('starting the gateway');
  const gateway = await startGateway({
    trafficPort: await freePort(ports.gateway),
    adminPort: await freePort(ports.gatewayAdmin),
    routes: services.map((service) => routeOf(service, services.length === 1)),
    drainMs: DRAIN_MS,
    ...(persistent ? { stateFile: join(directory, 'gateway.json') } : {}),
    ...(options.grainMs === undefined ? {} : { ring: { grainMs: options.grainMs } }),
  });
  releasers.add('the gateway', gateway, (one) => one.close());

  onProgress('starting the worker');
  const healthPort = await freePort();
  const configFile = options.configFile ?? join(directory, 'headgate.yaml');
  if (options.configFile === undefined) {
    const journalDirectory = join(directory, 'journal');
    await writeFile(configFile, devConfigFile({ adminUrl: gateway.adminUrl, journalDirectory, healthPort, services }));
  }
  const emptyConfig = join(directory, 'temporal.toml');
  await writeFile(emptyConfig, '');
  const worker = await startWorkerProcess({
    ...common,
    configFile,
    healthPort,
    env: childEnv(env, temporal, emptyConfig),
    logFile: join(directory, 'worker.log'),
    onRestart: (how) => onProgress(`the worker ended (${how}); starting it again`),
  });
  releasers.add('the worker', worker, (one) => one.stop());
  return { temporal, gateway, worker, configFile, deployment: new CanaryDeployment({ client: temporal.client }) };
}

/** One service gets every request; several are told apart by their path, `/NAME/…`. */
function routeOf({ name, backends }: DevService, alone: boolean): RouteInput {
  const [first] = Object.keys(backends);
  return {
    name,
    ...(alone ? {} : { match: { pathPrefix: `/${name}` } }),
    sticky: { cookie: USER_COOKIE },
    backends: Object.fromEntries(Object.entries(backends).map(([slot, url]) => [slot, { url }])),
    ...(first === undefined ? {} : { initialWeights: [{ backend: first, percent: 100 }] }),
  };
}
