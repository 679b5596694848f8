import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { envoyBootstrap, envoyRoutes, type EnvoyFiles } from '../config/starters/envoy.js';
import { startProgram, type Program } from './process/program.js';
import type { Reaper } from './process/reaper.js';
import { waitFor, type Look } from './wait-for.js';

export interface EnvoyOptions extends Pick<EnvoyFiles, 'statsFlushMs'> {
  readonly executable: string;
  /** Holds what it is started with and what it says. */
  readonly directory: string;
  /** Its RDS file, that must be there already: {@link writeEnvoyRoutes}. */
  readonly routes: EnvoyRoutes;
  /** Used when nobody has it. Default any. */
  readonly trafficPort?: number;
  readonly reaper: Reaper;
  /** Threads that serve requests. Default 1. */
  readonly concurrency?: number;
}

/** An RDS file and what it splits between. */
export interface EnvoyRoutes extends Pick<EnvoyFiles, 'service' | 'sticky'> {
  readonly folder: string;
  readonly file: string;
  /** Base URLs, by cluster. The first has all the traffic. */
  readonly clusters: Readonly<Record<string, string>>;
}

/** A real Envoy on loopback. */
export interface RunningEnvoy {
  readonly adminUrl: string;
  readonly trafficUrl: string;
  readonly program: Program;
  stop(): Promise<void>;
}

const READY_MS = 20_000;

/** Writes the file that Envoys start with; they may share it. */
export async function writeEnvoyRoutes({ folder, file, ...routes }: EnvoyRoutes): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(file, envoyRoutes(filesOf({ folder, file, ...routes })));
}

/**
 * Starts an Envoy and waits until it takes requests.
 *
 * @throws ProgramEndedError when it ends before; NotReadyError when it takes too long.
 */
export async function startEnvoy(options: EnvoyOptions): Promise<RunningEnvoy> {
  const { executable, directory, routes, reaper, statsFlushMs, concurrency = 1, trafficPort = 0 } = options;
  await mkdir(directory, { recursive: true });
  const bootstrap = join(directory, 'envoy.yaml');
  const adminFile = join(directory, 'admin-address');
  await writeFile(adminFile, '');
  const files = filesOf(routes, trafficPort);
  await writeFile(bootstrap, envoyBootstrap({ ...files, ...(statsFlushMs === undefined ? {} : { statsFlushMs }) }));
  const program = await startProgram({
    name: 'Envoy',
    command: executable,
    args: [
      ...['--config-path', bootstrap, '--admin-address-path', adminFile, '--use-dynamic-base-id'],
      ...['--concurrency', String(concurrency), '--log-level', 'warning'],
    ],
    logFile: join(directory, 'envoy.log'),
    reaper,
  });
  try {
    const adminUrl = await adminUrlOf(program, adminFile);
    const trafficUrl = await trafficUrlOf(program, adminUrl);
    return { adminUrl, trafficUrl, program, stop: () => program.stop() };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

function filesOf({ service, sticky, clusters, folder, file }: EnvoyRoutes, trafficPort = 0): EnvoyFiles {
  return {
    service,
    sticky,
    clusters: Object.fromEntries(
      Object.entries(clusters).map(([name, url]) => {
        const { hostname, port } = new URL(url);
        return [name, { host: hostname, port: Number(port) }];
      }),
    ),
    listener: { host: '127.0.0.1', port: trafficPort },
    admin: { host: '127.0.0.1', port: 0 },
    routesFile: file,
    routesFolder: folder,
  };
}

/** Its admin API takes a free port and says which. */
async function adminUrlOf(program: Program, file: string): Promise<string> {
  return waitFor(
    'Envoy to say where its admin API is',
    async () => {
      program.assertRunning();
      const address = (await readFile(file, 'utf8')).trim();
      return address === '' ? { notYet: `${file} is empty` } : { value: `http://${address}` };
    },
    { deadlineMs: READY_MS },
  );
}

interface Listeners {
  readonly listener_statuses?: readonly {
    readonly local_address: { readonly socket_address: { readonly address: string; readonly port_value: number } };
  }[];
}

async function trafficUrlOf(program: Program, adminUrl: string): Promise<string> {
  return waitFor(
    `Envoy to be ready (${adminUrl}/ready)`,
    async () => {
      program.assertRunning();
      try {
        return await lookForListener(adminUrl);
      } catch (error) {
        // It says where its admin API is a moment before it listens there.
        return { notYet: error instanceof Error ? error.message : String(error) };
      }
    },
    { deadlineMs: READY_MS },
  );
}

async function lookForListener(adminUrl: string): Promise<Look<string>> {
  const ready = await request(`${adminUrl}/ready`);
  await ready.body.dump();
  if (ready.statusCode !== 200) return { notYet: `it answers ${String(ready.statusCode)}` };
  const { body } = await request(`${adminUrl}/listeners?format=json`);
  const [listener] = ((await body.json()) as Listeners).listener_statuses ?? [];
  if (listener === undefined) return { notYet: 'it has no listener' };
  const { address, port_value: port } = listener.local_address.socket_address;
  return { value: `http://${address}:${String(port)}` };
}
