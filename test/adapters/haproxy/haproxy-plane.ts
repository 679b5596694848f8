import { createHaproxyRouter } from '../../../src/adapters/routers/haproxy/router.js';
import type { DataPlane, DataPlaneSetup } from '../../contract/support/data-plane.js';
import { startRelay, type Relay } from '../../contract/support/relay.js';
import { startHaproxy, type Haproxy } from './haproxy-process.js';

/** Real HAProxies, each with a relay in front of its runtime socket. */
export interface HaproxyPlane extends DataPlane {
  readonly haproxies: readonly Haproxy[];
  /** What Prometheus asks, one per instance. Targets are backends: label `proxy`. */
  readonly exporterUrls: readonly string[];
}

const TIMEOUT_MS = 2000;
const MAP = 'share.map';

/** Runs the configuration that `headgate init --router haproxy` writes. Users are known by the cookie `uid`. */
export async function startHaproxyPlane(executable: string, setup: DataPlaneSetup): Promise<HaproxyPlane> {
  const haproxies: Haproxy[] = [];
  const relays: Relay[] = [];
  for (let index = 0; index < setup.instances; index += 1) {
    const haproxy = await startHaproxy(executable, { backends: setup.backends });
    haproxies.push(haproxy);
    relays.push(await startRelay({ path: haproxy.socket }));
  }
  const instances = relays.map(({ host, port }) => `${host}:${String(port)}`);
  return {
    router: createHaproxyRouter({
      map: MAP,
      instances: haproxies.map(({ mapFile }, index) => ({ socket: instances[index] ?? '', mapFile })),
      timeoutMs: TIMEOUT_MS,
    }),
    route: { service: 'checkout', targets: { blue: 'blue', green: 'green' } },
    trafficUrls: haproxies.map(({ trafficUrl }) => trafficUrl),
    exporterUrls: haproxies.map(({ exporterUrl }) => exporterUrl),
    haproxies,
    instances,
    identify: (user) => ({ cookie: `theme=dark; uid=${user}` }),
    control: (instance, mode) => relays[instance]?.set(mode),
    async stop() {
      await Promise.all([...haproxies.map((haproxy) => haproxy.stop()), ...relays.map((relay) => relay.stop())]);
    },
  };
}
