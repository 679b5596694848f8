import { createGatewayMetrics } from '../../../src/adapters/metrics/gateway.js';
import { createGatewayRouter } from '../../../src/adapters/routers/gateway.js';
import { startGateway, type Gateway } from '../../../src/gateway/gateway.js';
import type { RouteInput } from '../../../src/gateway/options.js';
import type { MeasuredDataPlane } from '../../contract/metric-source.js';
import type { DataPlaneSetup } from '../../contract/support/data-plane.js';
import { startRelay, type Relay } from '../../contract/support/relay.js';

export interface GatewayPlaneOptions {
  readonly sticky: Exclude<RouteInput['sticky'], undefined>;
  /** Milliseconds per cell of the counters. */
  readonly grainMs?: number;
}

const TIMEOUT_MS = 500;

/** Real gateways, each with a relay in front of its admin API. */
export async function startGatewayPlane(
  setup: DataPlaneSetup,
  options: GatewayPlaneOptions,
): Promise<MeasuredDataPlane> {
  const { backends, instances: count } = setup;
  const { sticky, grainMs = 1000 } = options;
  const gateways: Gateway[] = [];
  const relays: Relay[] = [];
  for (let index = 0; index < count; index += 1) {
    const gateway = await startGateway({
      routes: [
        {
          name: 'shop',
          sticky,
          backends: { 'shop-blue': { url: backends.blue }, 'shop-green': { url: backends.green } },
        },
      ],
      ring: { grainMs },
    });
    gateways.push(gateway);
    const { hostname, port } = new URL(gateway.adminUrl);
    relays.push(await startRelay({ host: hostname, port: Number(port) }));
  }
  const instances = relays.map(({ host, port }) => `http://${host}:${String(port)}`);
  return {
    router: createGatewayRouter({ instances, timeoutMs: TIMEOUT_MS }),
    metrics: createGatewayMetrics({ instances, timeoutMs: TIMEOUT_MS }),
    route: { service: 'shop', targets: { blue: 'shop-blue', green: 'shop-green' } },
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
    },
  };
}

function identityOf(sticky: GatewayPlaneOptions['sticky'], user: string): Readonly<Record<string, string>> {
  if ('cookie' in sticky) return { cookie: `theme=dark; ${sticky.cookie}=${user}` };
  return 'header' in sticky ? { [sticky.header]: user } : {};
}
