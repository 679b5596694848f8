import { createHaproxyRouter } from '../../../src/adapters/routers/haproxy/router.js';
import { haproxyMap } from '../../../src/config/starters/haproxy.js';
import { toParts } from '../../../src/domain/percent.js';
import type { TrafficRouter } from '../../../src/ports/traffic-router.js';
import type { DataPlaneSetup, FencedDataPlane } from '../../contract/support/data-plane.js';
import { startRelay, type Relay } from '../../contract/support/relay.js';
import { startHaproxy, type Haproxy } from './haproxy-process.js';

/** Real HAProxies, each with a relay in front of its runtime socket. */
export interface HaproxyPlane extends FencedDataPlane {
  readonly haproxies: readonly Haproxy[];
  /** What Prometheus asks, one per instance. Targets are backends: label `proxy`. */
  readonly exporterUrls: readonly string[];
}

const TIMEOUT_MS = 2000;
const MAP = 'share.map';
const TARGETS = { blue: 'blue', green: 'green' };

/** Runs the configuration that `headgate init --router haproxy` writes. Users are known by the cookie `uid`. */
export async function startHaproxyPlane(executable: string, setup: DataPlaneSetup): Promise<HaproxyPlane> {
  const { moreServices = [] } = setup;
  const haproxies: Haproxy[] = [];
  const relays: Relay[] = [];
  for (let index = 0; index < setup.instances; index += 1) {
    const map = [haproxyMap(), ...moreServices.map((name) => `${name} green/0/blue\n`)].join('');
    const haproxy = await startHaproxy(executable, { backends: setup.backends, map });
    haproxies.push(haproxy);
    relays.push(await startRelay({ path: haproxy.socket }));
  }
  const instances = relays.map(({ host, port }) => `${host}:${String(port)}`);
  const addresses = haproxies.map(({ mapFile }, index) => ({ socket: instances[index] ?? '', mapFile }));
  const routerOf = (...chosen: readonly number[]): TrafficRouter =>
    createHaproxyRouter({
      map: MAP,
      instances: addresses.filter((_, index) => chosen.includes(index)),
      timeoutMs: TIMEOUT_MS,
    });
  return {
    router: createHaproxyRouter({ map: MAP, instances: addresses, timeoutMs: TIMEOUT_MS }),
    routerOf,
    route: { service: 'checkout', targets: TARGETS },
    moreRoutes: moreServices.map((service) => ({ service, targets: TARGETS })),
    async byHand(instance, candidatePercent, leaving) {
      const haproxy = haproxies[instance];
      await haproxy?.ask(`set map ${MAP} checkout green/${String(toParts(candidatePercent))}/blue`);
      if (leaving === 'no fence') await haproxy?.ask(`del map ${MAP} checkout~fence`);
    },
    restart: async (instance) => haproxies[instance]?.restart(),
    writes: (instance) => Promise.resolve(relays[instance]?.connections ?? 0),
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
