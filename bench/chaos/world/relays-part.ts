import { partConfig, partHears, partReady, partSays } from '../../lib/forked.js';
import type { Disturbance, Disturbed } from '../schedule/schedule.js';
import { startHttpRelay, type HttpRelay } from './http-relay.js';
import { startTcpRelay, type TcpRelay } from './tcp-relay.js';

/** What stands between each worker and the rest of the world, in a process of its own. */
export interface RelaysConfig {
  readonly workers: number;
  readonly temporalPort: number;
  readonly adminUrl: string;
}

export interface WorkerRelays {
  readonly temporalPort: number;
  readonly routerUrl: string;
  readonly metricsUrl: string;
}

export interface RelaysReady {
  readonly workers: readonly WorkerRelays[];
}

export type RelaysMessage =
  | { readonly worker: number; readonly temporal: 'cut' | 'open' }
  | { readonly worker: number; readonly what: Disturbed; readonly how: Disturbance | null };

/** Said unasked: weights of this service are being written. */
export interface RelaysSay {
  readonly writes: string;
}

type Relays = { readonly temporal: TcpRelay } & Readonly<Record<Disturbed, HttpRelay>>;

const { workers, temporalPort, adminUrl } = partConfig() as RelaysConfig;
const relays: readonly Relays[] = await Promise.all(
  Array.from({ length: workers }, async () => ({
    temporal: await startTcpRelay({ host: '127.0.0.1', port: temporalPort }),
    router: await startHttpRelay(adminUrl, tellWrite),
    metrics: await startHttpRelay(adminUrl, tellWrite),
  })),
);

partHears((message) => {
  const told = message as RelaysMessage;
  const own = relays[told.worker];
  if (own === undefined) throw new RangeError(`there is no worker ${String(told.worker)}`);
  if ('what' in told) own[told.what].disturb(told.how);
  else if (told.temporal === 'cut') own.temporal.cut();
  else own.temporal.mend();
});
partReady({
  workers: relays.map(({ temporal, router, metrics }) => ({
    temporalPort: temporal.port,
    routerUrl: router.url,
    metricsUrl: metrics.url,
  })),
} satisfies RelaysReady);

function tellWrite(path: string): void {
  const service = /^\/routes\/([^/]+)\/weights/.exec(path)?.[1];
  if (service !== undefined) partSays({ writes: decodeURIComponent(service) } satisfies RelaysSay);
}
