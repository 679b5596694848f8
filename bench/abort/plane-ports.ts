import { createEnvoyMetrics } from '../../src/adapters/metrics/envoy/source.js';
import { createGatewayMetrics } from '../../src/adapters/metrics/gateway.js';
import { createEnvoyRouter } from '../../src/adapters/routers/envoy/router.js';
import { createGatewayRouter } from '../../src/adapters/routers/gateway.js';
import type { MetricSource } from '../../src/ports/metric-source.js';
import type { Route, TrafficRouter } from '../../src/ports/traffic-router.js';
import { BASELINE, CANDIDATE } from './settings.js';

/** How a process reaches the data plane. */
export type PlaneAddress =
  | { readonly kind: 'gateway'; readonly adminUrl: string }
  | {
      readonly kind: 'envoy';
      readonly adminUrl: string;
      /** The RDS file. */
      readonly routes: string;
      /** How often the counters are looked at, milliseconds. */
      readonly lookEveryMs: number;
    };

export interface PlanePorts {
  readonly router: TrafficRouter;
  readonly metrics: MetricSource;
  readonly routeOf: (name: string) => Route;
}

const TIMEOUT_MS = 5000;

/** Headgate's own adapters, as a worker has them. */
export function planePorts(address: PlaneAddress): PlanePorts {
  const { adminUrl } = address;
  switch (address.kind) {
    case 'gateway': {
      const gateway = { instances: [adminUrl], timeoutMs: TIMEOUT_MS };
      return {
        router: createGatewayRouter(gateway),
        metrics: createGatewayMetrics(gateway),
        routeOf: (service) => ({ service, targets: { [BASELINE]: BASELINE, [CANDIDATE]: CANDIDATE } }),
      };
    }
    case 'envoy':
      return {
        router: createEnvoyRouter({ instances: [{ admin: adminUrl, routes: address.routes }], timeoutMs: TIMEOUT_MS }),
        metrics: createEnvoyMetrics({
          instances: [adminUrl],
          timeoutMs: TIMEOUT_MS,
          intervalMs: address.lookEveryMs,
        }),
        routeOf: (service) => ({
          service,
          targets: { [BASELINE]: clusterOf(service, BASELINE), [CANDIDATE]: clusterOf(service, CANDIDATE) },
        }),
      };
  }
}

/** A cluster counts for all its routes together: each service has its own. */
export function clusterOf(service: string, slot: string): string {
  return `${service}-${slot}`;
}
