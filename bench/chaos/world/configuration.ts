import { join } from 'node:path';
import type { BackendsReady } from './backends-part.js';
import type { ServiceSetup } from '../schedule/schedule.js';
import { clusterOf, GRAIN_MS, SLOTS, VERSION_PATH } from './plane.js';

/** How a worker is told about the data plane, but for the address that it reaches it by. */
export type PlaneConfig = { readonly kind: 'gateway' } | { readonly kind: 'envoy'; readonly routes: string };

export interface ConfigurationOptions {
  readonly urls: BackendsReady['urls'];
  readonly services: readonly ServiceSetup[];
  readonly plane: PlaneConfig;
  readonly routerUrl: string;
  readonly metricsUrl: string;
  readonly journalPath: string;
  readonly directory: string;
}

const TIMEOUT = '2s';

/** What stands in `headgate.yaml`; JSON is YAML, too. */
export function configurationOf(options: ConfigurationOptions): object {
  const { urls, services, plane, routerUrl, metricsUrl, journalPath, directory } = options;
  const telling = new Set(services.filter(({ tellsVersion }) => tellsVersion).map(({ name }) => name));
  return {
    routers: { plane: routerOf(plane, routerUrl) },
    metrics: { plane: metricsOf(plane, metricsUrl) },
    services: Object.fromEntries(
      Object.entries(urls).map(([service, ofSlot]) => [
        service,
        {
          backends: Object.fromEntries(
            SLOTS.map((slot) => [
              slot,
              { url: ofSlot[slot], ...(plane.kind === 'envoy' ? { target: clusterOf(service, slot) } : {}) },
            ]),
          ),
          ...(telling.has(service) ? { health: { version: { path: VERSION_PATH, field: 'version' } } } : {}),
        },
      ]),
    ),
    journal: { kind: 'file', path: journalPath },
    observations: { kind: 'file', path: join(directory, 'observations') },
    worker: { logLevel: 'warn' },
  };
}

function routerOf(plane: PlaneConfig, url: string): object {
  return plane.kind === 'gateway'
    ? { kind: 'gateway', instances: [url], timeout: TIMEOUT }
    : { kind: 'envoy', routes: plane.routes, instances: [url], timeout: TIMEOUT };
}

function metricsOf(plane: PlaneConfig, url: string): object {
  return plane.kind === 'gateway'
    ? { kind: 'gateway', instances: [url], timeout: TIMEOUT }
    : { kind: 'envoy', instances: [url], interval: `${String(GRAIN_MS)}ms`, timeout: TIMEOUT };
}
