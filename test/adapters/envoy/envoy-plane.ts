import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { createEnvoyMetrics } from '../../../src/adapters/metrics/envoy/source.js';
import { createEnvoyRouter } from '../../../src/adapters/routers/envoy/router.js';
import type { Stickiness } from '../../../src/config/starters/envoy.js';
import { startEnvoy, writeEnvoyRoutes, type RunningEnvoy } from '../../../src/dev/envoy.js';
import { toParts } from '../../../src/domain/percent.js';
import type { TrafficRouter } from '../../../src/ports/traffic-router.js';
import { startReaper } from '../../../src/dev/process/reaper.js';
import type { MeasuredDataPlane } from '../../contract/metric-source.js';
import type { DataPlaneSetup, FencedDataPlane } from '../../contract/support/data-plane.js';
import { startRelay, type Relay } from '../../contract/support/relay.js';

export interface EnvoyPlaneOptions {
  readonly executable: string;
  readonly sticky: Stickiness;
  /** Default: one RDS file for all. */
  readonly files?: 'shared' | 'one each';
}

/** Real Envoys, each with a relay in front of its admin API. */
export interface EnvoyPlane extends MeasuredDataPlane, FencedDataPlane {
  readonly envoys: readonly RunningEnvoy[];
  /** The RDS file of each instance. */
  readonly routeFiles: readonly string[];
  /** The admin API of each instance without the relay, e.g. for Prometheus. */
  readonly adminUrls: readonly string[];
}

const TARGETS = { blue: 'shop-blue', green: 'shop-green' };

const TIMEOUT_MS = 1000;
const FLUSH_MS = 50;
const LOOK_EVERY_MS = 100;

export async function startEnvoyPlane(setup: DataPlaneSetup, options: EnvoyPlaneOptions): Promise<EnvoyPlane> {
  const { executable, sticky, files = 'shared' } = options;
  const { moreServices = [] } = setup;
  const directory = await mkdtemp(join(tmpdir(), 'headgate-envoy-'));
  const reaper = startReaper();
  const envoys: RunningEnvoy[] = [];
  const relays: Relay[] = [];
  const clusters = { 'shop-blue': setup.backends.blue, 'shop-green': setup.backends.green };
  const all = Array.from({ length: setup.instances }, (_, index) => {
    const folder = join(directory, files === 'shared' ? 'routes' : `routes-${String(index)}`);
    return {
      executable,
      directory: join(directory, `envoy-${String(index)}`),
      routes: { service: 'shop', sticky, clusters, folder, file: join(folder, 'routes.yaml') },
      reaper,
      statsFlushMs: FLUSH_MS,
    };
  });
  for (const one of all) {
    if (one === all[0] || files === 'one each') {
      await writeEnvoyRoutes(one.routes);
      await appendFile(one.routes.file, moreServices.map(routeNamed).join(''));
    }
    const envoy = await startEnvoy(one);
    envoys.push(envoy);
    const { hostname, port } = new URL(envoy.adminUrl);
    relays.push(await startRelay({ host: hostname, port: Number(port) }));
  }
  const instances = relays.map(({ host, port }) => `http://${host}:${String(port)}`);
  const metrics = createEnvoyMetrics({ instances, timeoutMs: TIMEOUT_MS, intervalMs: LOOK_EVERY_MS });
  // It remembers from the first question on.
  await metrics.samples({ service: 'shop', backend: 'blue', target: 'shop-blue', fromMs: 0, toMs: 1, stepMs: 1 });
  const addresses = instances.map((admin, index) => ({ admin, routes: all[index]?.routes.file ?? '' }));
  const routerOf = (...chosen: readonly number[]): TrafficRouter =>
    createEnvoyRouter({ instances: addresses.filter((_, index) => chosen.includes(index)), timeoutMs: TIMEOUT_MS });
  return {
    envoys,
    routeFiles: all.map(({ routes }) => routes.file),
    adminUrls: envoys.map(({ adminUrl }) => adminUrl),
    router: createEnvoyRouter({ instances: addresses, timeoutMs: TIMEOUT_MS }),
    routerOf,
    metrics,
    route: { service: 'shop', targets: TARGETS },
    moreRoutes: moreServices.map((service) => ({ service, targets: TARGETS })),
    byHand: (instance, candidatePercent, leaving) =>
      editByHand(all[instance]?.routes.file ?? '', candidatePercent, leaving),
    async restart(instance) {
      const [before, options] = [envoys[instance], all[instance]];
      if (before === undefined || options === undefined) return;
      await before.stop();
      const envoy = await startEnvoy({ ...options, trafficPort: Number(new URL(before.trafficUrl).port) });
      envoys[instance] = envoy;
      const { hostname, port } = new URL(envoy.adminUrl);
      relays[instance]?.aim({ host: hostname, port: Number(port) });
    },
    async writes(instance) {
      const answer = await request(`${envoys[instance]?.adminUrl ?? ''}/stats?format=json&filter=rds.*update_attempt$`);
      const { stats } = (await answer.body.json()) as { readonly stats: readonly { readonly value: number }[] };
      return stats[0]?.value ?? 0;
    },
    trafficUrls: envoys.map(({ trafficUrl }) => trafficUrl),
    instances,
    identify: (user) => identityOf(sticky, user),
    control: (instance, mode) => relays[instance]?.set(mode),
    finestStepMs: LOOK_EVERY_MS,
    countsUnanswered: true,
    // A look that hangs holds up the next ones for as long as its answer may take.
    visibleWithinMs: 3 * LOOK_EVERY_MS + FLUSH_MS + TIMEOUT_MS,
    sourceControl: (mode) => relays.forEach((relay) => relay.set(mode)),
    async stop() {
      // Its ports may be another's soon.
      metrics.stop();
      await Promise.all([...envoys.map((envoy) => envoy.stop()), ...relays.map((relay) => relay.stop())]);
      reaper.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** As a person does who edits a copy and moves it over the file. */
async function editByHand(file: string, candidatePercent: number, leaving: 'the fence' | 'no fence'): Promise<void> {
  const parts = toParts(candidatePercent);
  const edited = (await readFile(file, 'utf8'))
    .replaceAll(/(name: shop-green, weight: )\d+/g, `$1${String(parts)}`)
    .replaceAll(/(name: shop-blue, weight: )\d+/g, `$1${String(toParts(100) - parts)}`);
  await writeFile(`${file}.mine`, leaving === 'no fence' ? edited.replaceAll(/\n *metadata: .*/g, '') : edited);
  await rename(`${file}.mine`, file);
}

/** Behind the routes that are there, so that no user meets it. */
function routeNamed(name: string): string {
  return `          - name: ${name}
            match: { prefix: /${name} }
            route:
              hash_policy: [{ header: { header_name: x-user } }]
              weighted_clusters:
                use_hash_policy: true
                clusters:
                  - { name: shop-blue, weight: 100000 }
                  - { name: shop-green, weight: 0 }
`;
}

function identityOf(sticky: Stickiness, user: string): Readonly<Record<string, string>> {
  return 'cookie' in sticky ? { cookie: `theme=dark; ${sticky.cookie}=${user}` } : { [sticky.header]: user };
}
