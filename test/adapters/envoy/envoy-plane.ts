import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEnvoyMetrics } from '../../../src/adapters/metrics/envoy/source.js';
import { createEnvoyRouter } from '../../../src/adapters/routers/envoy/router.js';
import type { Stickiness } from '../../../src/config/starters/envoy.js';
import { startEnvoy, writeEnvoyRoutes, type RunningEnvoy } from '../../../src/dev/envoy.js';
import { startReaper } from '../../../src/dev/process/reaper.js';
import type { MeasuredDataPlane } from '../../contract/metric-source.js';
import type { DataPlaneSetup } from '../../contract/support/data-plane.js';
import { startRelay, type Relay } from '../../contract/support/relay.js';

export interface EnvoyPlaneOptions {
  readonly executable: string;
  readonly sticky: Stickiness;
  /** Default: one RDS file for all. */
  readonly files?: 'shared' | 'one each';
}

/** Real Envoys, each with a relay in front of its admin API. */
export interface EnvoyPlane extends MeasuredDataPlane {
  readonly envoys: readonly RunningEnvoy[];
  /** The RDS file of each instance. */
  readonly routeFiles: readonly string[];
  /** The admin API of each instance without the relay, e.g. for Prometheus. */
  readonly adminUrls: readonly string[];
}

const TIMEOUT_MS = 1000;
const FLUSH_MS = 50;
const LOOK_EVERY_MS = 100;

export async function startEnvoyPlane(setup: DataPlaneSetup, options: EnvoyPlaneOptions): Promise<EnvoyPlane> {
  const { executable, sticky, files = 'shared' } = options;
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
    if (one === all[0] || files === 'one each') await writeEnvoyRoutes(one.routes);
    const envoy = await startEnvoy(one);
    envoys.push(envoy);
    const { hostname, port } = new URL(envoy.adminUrl);
    relays.push(await startRelay({ host: hostname, port: Number(port) }));
  }
  const instances = relays.map(({ host, port }) => `http://${host}:${String(port)}`);
  const metrics = createEnvoyMetrics({ instances, timeoutMs: TIMEOUT_MS, intervalMs: LOOK_EVERY_MS });
  // It remembers from the first question on.
  await metrics.samples({ service: 'shop', backend: 'blue', target: 'shop-blue', fromMs: 0, toMs: 1, stepMs: 1 });
  return {
    envoys,
    routeFiles: all.map(({ routes }) => routes.file),
    adminUrls: envoys.map(({ adminUrl }) => adminUrl),
    router: createEnvoyRouter({
      instances: instances.map((admin, index) => ({ admin, routes: all[index]?.routes.file ?? '' })),
      timeoutMs: TIMEOUT_MS,
    }),
    metrics,
    route: { service: 'shop', targets: { blue: 'shop-blue', green: 'shop-green' } },
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
      await Promise.all([...envoys.map((envoy) => envoy.stop()), ...relays.map((relay) => relay.stop())]);
      reaper.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function identityOf(sticky: Stickiness, user: string): Readonly<Record<string, string>> {
  return 'cookie' in sticky ? { cookie: `theme=dark; ${sticky.cookie}=${user}` } : { [sticky.header]: user };
}
