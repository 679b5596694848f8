import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { createGatewayMetrics } from '../../../src/adapters/metrics/gateway.js';
import { createGatewayRouter } from '../../../src/adapters/routers/gateway.js';
import { startGateway, type Gateway } from '../../../src/gateway/gateway.js';
import type { GatewayOptions, RouteInput } from '../../../src/gateway/options.js';
import type { TrafficRouter } from '../../../src/ports/traffic-router.js';
import type { MeasuredDataPlane } from '../../contract/metric-source.js';
import type { DataPlaneSetup, FencedDataPlane } from '../../contract/support/data-plane.js';
import { startRelay, type Relay } from '../../contract/support/relay.js';

export interface GatewayPlaneOptions {
  readonly sticky: Exclude<RouteInput['sticky'], undefined>;
  /** Milliseconds per cell of the counters. */
  readonly grainMs?: number;
}

const TIMEOUT_MS = 500;
const TARGETS = { blue: 'shop-blue', green: 'shop-green' };

const backendsOf = ({ blue, green }: DataPlaneSetup['backends']): RouteInput['backends'] => ({
  'shop-blue': { url: blue },
  'shop-green': { url: green },
});

/** Real gateways, each with a relay in front of its admin API. */
export async function startGatewayPlane(
  setup: DataPlaneSetup,
  options: GatewayPlaneOptions,
): Promise<MeasuredDataPlane & FencedDataPlane> {
  const { backends, instances: count, moreServices = [] } = setup;
  const { sticky, grainMs = 1000 } = options;
  const directory = await mkdtemp(join(tmpdir(), 'headgate-gateways-'));
  const gateways: Gateway[] = [];
  const relays: Relay[] = [];
  const puts: number[] = [];
  const start = (index: number, ports: Pick<GatewayOptions, 'adminPort' | 'trafficPort'> = {}): Promise<Gateway> =>
    startGateway({
      routes: [
        { name: 'shop', sticky, backends: backendsOf(backends) },
        ...moreServices.map((name) => ({
          name,
          sticky,
          match: { pathPrefix: `/${name}` },
          backends: backendsOf(backends),
        })),
      ],
      stateFile: join(directory, `${String(index)}.json`),
      ring: { grainMs },
      ...ports,
    });
  for (let index = 0; index < count; index += 1) {
    const gateway = await start(index);
    gateways.push(gateway);
    puts.push(0);
    const { hostname, port } = new URL(gateway.adminUrl);
    const countPut = (part: Buffer): void => {
      if (part.toString('latin1', 0, 4) === 'PUT ') puts[index] = (puts[index] ?? 0) + 1;
    };
    relays.push(await startRelay({ host: hostname, port: Number(port) }, countPut));
  }
  const instances = relays.map(({ host, port }) => `http://${host}:${String(port)}`);
  const routerOf = (...chosen: readonly number[]): TrafficRouter =>
    createGatewayRouter({ instances: instances.filter((_, index) => chosen.includes(index)), timeoutMs: TIMEOUT_MS });
  return {
    router: createGatewayRouter({ instances, timeoutMs: TIMEOUT_MS }),
    routerOf,
    moreRoutes: moreServices.map((service) => ({ service, targets: TARGETS })),
    async byHand(instance, candidatePercent) {
      await request(`${gateways[instance]?.adminUrl ?? ''}/routes/shop/weights`, {
        method: 'PUT',
        body: JSON.stringify({
          weights: [
            { backend: 'shop-green', percent: candidatePercent },
            { backend: 'shop-blue', percent: 100 - candidatePercent },
          ],
        }),
      });
    },
    async restart(instance) {
      const before = gateways[instance];
      if (before === undefined) return;
      const [trafficPort, adminPort] = [before.trafficUrl, before.adminUrl].map((url) => Number(new URL(url).port));
      await before.close();
      gateways[instance] = await start(instance, { trafficPort: trafficPort ?? 0, adminPort: adminPort ?? 0 });
    },
    writes: (instance) => Promise.resolve(puts[instance] ?? 0),
    metrics: createGatewayMetrics({ instances, timeoutMs: TIMEOUT_MS }),
    route: { service: 'shop', targets: TARGETS },
    trafficUrls: gateways.map(({ trafficUrl }) => trafficUrl),
    instances,
    identify: (user) => identityOf(sticky, user),
    control: (instance, mode) => relays[instance]?.set(mode),
    finestStepMs: grainMs,
    visibleWithinMs: 2 * grainMs,
    countsUnanswered: true,
    sourceControl: (mode) => relays.forEach((relay) => relay.set(mode)),
    async stop() {
      await Promise.all([...gateways.map((gateway) => gateway.close()), ...relays.map((relay) => relay.stop())]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function identityOf(sticky: GatewayPlaneOptions['sticky'], user: string): Readonly<Record<string, string>> {
  if ('cookie' in sticky) return { cookie: `theme=dark; ${sticky.cookie}=${user}` };
  return 'header' in sticky ? { [sticky.header]: user } : {};
}
