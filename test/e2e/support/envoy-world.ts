import { copyFileSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEnvoyAdmin } from '../../../src/adapters/envoy/admin-api.js';
import { readServedRoutes } from '../../../src/adapters/envoy/served-routes.js';
import { RouteFile } from '../../../src/adapters/routers/envoy/route-file.js';
import { createEnvoyRouter } from '../../../src/adapters/routers/envoy/router.js';
import { freePort } from '../../../src/dev/free-port.js';
import { startEnvoy, type EnvoyRoutes, type RunningEnvoy } from '../../../src/dev/envoy.js';
import { startReaper } from '../../../src/dev/process/reaper.js';
import type { TrafficRouter } from '../../../src/ports/traffic-router.js';
import { until } from '../../contract/support/eventually.js';
import { startRelay } from '../../contract/support/relay.js';
import { inWords, writeRoutes, writtenIn } from './envoy-route-files.js';
import { ALL_IS_WELL, splitInWords, type FaultyPlane } from './faulty-plane.js';
import { COOKIE, DIRECT_TIMEOUT_MS, type PlaneSetup } from './world.js';

/**
 * Which file an Envoy watches, and which one the router writes for it: `shared` is one for all, `one each` is what it
 * says, and with `one lags` the second Envoy watches a copy that nobody writes.
 */
export type EnvoyFiles = 'shared' | 'one each' | 'one lags';

export interface EnvoyWorldOptions {
  readonly files: EnvoyFiles;
  /** Default YAML. */
  readonly format?: 'yaml' | 'json';
}

/** Two real Envoys, each with a relay before its admin API. */
export interface EnvoyWorldPlane extends FaultyPlane {
  /** The folder that an Envoy watches. */
  folderOf(instance: number): string;
  /** Moves a text over the file that an Envoy watches, as a person or a configuration manager does it. */
  moveOver(instance: number, text: string): void;
  /** The text of the file that an Envoy watches. */
  textOf(instance: number): string;
  /** The file that lags gets what the first one says. */
  catchUp(): void;
  /** A router such as another worker has. */
  anotherRouter(): TrafficRouter;
}

const COUNT = 2;
/** An instance that is taken away hangs up; one that is only slow must not be taken for it. */
const TIMEOUT_MS = 3500;

/** Where one is to be waited for in vain. */
const SHORT_TIMEOUT_MS = 1000;

/** What starts the data plane of a world. */
export function envoyPlane(executable: string, { files, format = 'yaml' }: EnvoyWorldOptions) {
  return async ({ services, blue, green }: PlaneSetup): Promise<EnvoyWorldPlane> => {
    const directory = mkdtempSync(join(tmpdir(), 'headgate-envoy-'));
    const reaper = startReaper();
    const routes = Array.from({ length: COUNT }, (_, index): EnvoyRoutes => {
      const folder = join(directory, files === 'shared' ? 'routes' : `routes-${String(index)}`);
      const service = services[0] ?? '';
      const file = join(folder, `routes.${format}`);
      return { service, sticky: { cookie: COOKIE }, clusters: { green, blue }, folder, file };
    });
    for (const one of routes) await writeRoutes(one, services);
    const start = (index: number, trafficPort: number): Promise<RunningEnvoy> =>
      startEnvoy({
        executable,
        directory: join(directory, `envoy-${String(index)}`),
        routes: routes[index] ?? fail(index),
        reaper,
        trafficPort,
      });
    const envoys = await Promise.all(routes.map(async (_, index) => start(index, await freePort())));
    const envoyOf = (index: number): RunningEnvoy => envoys[index] ?? fail(index);
    const relayTo = (index: number) =>
      startRelay({
        host: '127.0.0.1',
        // One that was started again listens elsewhere.
        get port() {
          return Number(new URL(envoyOf(index).adminUrl).port);
        },
      });
    const relays = await Promise.all(envoys.map((_, index) => relayTo(index)));
    const alwaysOpen = await Promise.all(envoys.map((_, index) => relayTo(index)));
    const instances = relays.map(({ host, port }) => `http://${host}:${String(port)}`);
    const fileOf = (index: number): string => (routes[index] ?? fail(index)).file;
    const usual = files === 'one lags' ? SHORT_TIMEOUT_MS : TIMEOUT_MS;
    const routerOn = (admins: readonly string[], timeoutMs = usual): TrafficRouter =>
      createEnvoyRouter({
        instances: admins.map((admin, index) => ({ admin, routes: fileOf(files === 'one lags' ? 0 : index) })),
        timeoutMs,
      });
    const textOf = (index: number): string => readFileSync(fileOf(index), 'utf8');
    const moveOver = (index: number, text: string): void => {
      writeFileSync(`${fileOf(index)}.mine`, text);
      renameSync(`${fileOf(index)}.mine`, fileOf(index));
    };
    const served = async (index: number, service = services[0] ?? ''): Promise<string | undefined> => {
      const route = (await readServedRoutes(createEnvoyAdmin(envoyOf(index).adminUrl, DIRECT_TIMEOUT_MS))).get(service);
      return route === undefined || 'unreadable' in route ? route?.unreadable.cause : inWords(route.weights);
    };
    const direct = routerOn(
      alwaysOpen.map(({ host, port }) => `http://${host}:${String(port)}`),
      DIRECT_TIMEOUT_MS,
    );
    const setByHand: FaultyPlane['setByHand'] = async (index, split) => {
      const [candidate = '', parts, baseline = ''] = split.split('/');
      const wanted = [
        { cluster: candidate, weight: Number(parts) },
        { cluster: baseline, weight: 100_000 - Number(parts) },
      ];
      const [service = ''] = services;
      const file = RouteFile.parse(fileOf(index), textOf(index));
      // Who knows nothing of fences leaves them where they are.
      moveOver(index, file.with(service, wanted, file.whatItSays(service).fence).text);
      await until('the Envoy to take up the file', async () => (await served(index)) === split);
    };
    return {
      instances,
      relays,
      router: routerOn(instances),
      direct,
      metrics: ALL_IS_WELL,
      trafficUrl: envoyOf(0).trafficUrl,
      folderOf: (index) => (routes[index] ?? fail(index)).folder,
      moveOver,
      textOf,
      catchUp() {
        copyFileSync(fileOf(0), `${fileOf(1)}.next`);
        renameSync(`${fileOf(1)}.next`, fileOf(1));
      },
      anotherRouter: () => routerOn(instances),
      served,
      written: (index, service = services[0] ?? '') => writtenIn(textOf(index), service),
      setByHand,
      async writeByHand(_, weights) {
        for (const index of envoys.keys()) await setByHand(index, splitInWords(weights));
      },
      keepFile(index) {
        const before = textOf(index);
        return () => writeFileSync(fileOf(index), before);
      },
      halt: (index) => envoyOf(index).program.kill(),
      async resume(index) {
        envoys[index] = await start(index, Number(new URL(envoyOf(index).trafficUrl).port));
      },
      async stop() {
        await Promise.all([...envoys.map((one) => one.stop()), ...[...relays, ...alwaysOpen].map((one) => one.stop())]);
        reaper.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  };
}

function fail(index: number): never {
  throw new Error(`there is no Envoy ${String(index)}`);
}
