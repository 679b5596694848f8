import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createHaproxyRouter } from '../../../src/adapters/routers/haproxy/router.js';
import type { MetricSource } from '../../../src/ports/metric-source.js';
import { startHaproxy, type Haproxy } from '../../adapters/haproxy/haproxy-process.js';
import { startRelay } from '../../contract/support/relay.js';
import { ALL_IS_WELL, splitInWords, type FaultyPlane } from './faulty-plane.js';
import { COOKIE, DIRECT_TIMEOUT_MS, type PlaneSetup } from './world.js';

/** Real HAProxies, each with a relay before its runtime socket. */
export interface HaproxyWorldPlane extends FaultyPlane {
  readonly haproxies: readonly Haproxy[];
  /** What an instance does from now on when it is told something; asked, it always says the truth. */
  behave(instance: number, manner: Manner): void;
}

/** `lying` says yes and does nothing; `deaf` hangs up; `late` does as told, and then says nothing. */
export type Manner = 'honest' | 'lying' | 'deaf' | 'late';

export interface HaproxyWorldOptions {
  /** Default 2. */
  readonly instances?: number;
  /** Default: all is well, for tests that are about something else. */
  readonly metrics?: (haproxies: readonly Haproxy[]) => Promise<MetricSource & { stop(): Promise<void> }>;
}

const MAP = 'share.map';
/** An instance that is taken away hangs up; one that is only slow must not be taken for it. */
const TIMEOUT_MS = 3500;

/** What starts the data plane of a world. */
export function haproxyPlane(executable: string, { instances: count = 2, metrics }: HaproxyWorldOptions = {}) {
  return async ({ services, blue, green }: PlaneSetup): Promise<HaproxyWorldPlane> => {
    const map = services.map((service) => `${service} green/0/blue\n`).join('');
    const config = (text: string): string => text.replaceAll('req.cook(uid)', `req.cook(${COOKIE})`);
    const haproxies: Haproxy[] = [];
    for (let index = 0; index < count; index += 1) {
      haproxies.push(await startHaproxy(executable, { backends: { blue, green }, map, config }));
    }
    const gatekeepers = await Promise.all(haproxies.map(({ socket }) => startGatekeeper(socket)));
    const relays = await Promise.all(gatekeepers.map(({ port }) => startRelay({ host: '127.0.0.1', port })));
    const instances = relays.map(({ host, port }) => `${host}:${String(port)}`);
    const counts = (await metrics?.(haproxies)) ?? { ...ALL_IS_WELL, stop: () => Promise.resolve() };
    const haproxyOf = (index: number): Haproxy => haproxies[index] ?? fail(index);
    const [first = ''] = services;
    const routerOn = (sockets: readonly string[], timeoutMs = TIMEOUT_MS) =>
      createHaproxyRouter({
        map: MAP,
        instances: haproxies.map(({ mapFile }, index) => ({ socket: sockets[index] ?? '', mapFile })),
        timeoutMs,
      });
    return {
      haproxies,
      relays,
      instances,
      router: routerOn(instances),
      direct: routerOn(
        haproxies.map(({ socket }) => socket),
        DIRECT_TIMEOUT_MS,
      ),
      metrics: counts,
      trafficUrl: haproxies[0]?.trafficUrl ?? '',
      async served(index, service = first) {
        return /value="([^"]*)"/.exec(await haproxyOf(index).ask(`get map ${MAP} ${service}`))?.[1];
      },
      written(index, service = first) {
        const lines = readFileSync(haproxyOf(index).mapFile, 'utf8').split('\n');
        return lines.find((line) => line.startsWith(`${service} `))?.slice(service.length + 1);
      },
      async setByHand(index, split) {
        await haproxyOf(index).ask(`set map ${MAP} ${first} ${split}`);
      },
      async writeByHand(service, weights) {
        const split = splitInWords(weights);
        await Promise.all(haproxies.map((haproxy) => haproxy.ask(`set map ${MAP} ${service} ${split}`)));
      },
      keepFile(index) {
        const { mapFile } = haproxyOf(index);
        const before = readFileSync(mapFile, 'utf8');
        return () => writeFileSync(mapFile, before);
      },
      halt: (index) => haproxyOf(index).halt(),
      resume: (index) => haproxyOf(index).resume(),
      behave: (instance, manner) => gatekeepers[instance]?.behave(manner),
      async stop() {
        await counts.stop();
        await Promise.all(relays.map((relay) => relay.stop()));
        await Promise.all(gatekeepers.map((gatekeeper) => gatekeeper.stop()));
        await Promise.all(haproxies.map((haproxy) => haproxy.stop()));
      },
    };
  };
}

interface Gatekeeper {
  readonly port: number;
  behave(manner: Manner): void;
  stop(): Promise<void>;
}

/** Passes lines on to a runtime socket; what comes of those that tell something is up to the test. */
async function startGatekeeper(path: string): Promise<Gatekeeper> {
  let manner: Manner = 'honest';
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => client.destroy());
    client.once('data', (line) => {
      const [, value] = /^set map \S+ \S+ (\S+);/.exec(line.toString()) ?? [];
      if (value !== undefined && manner === 'deaf') {
        client.destroy();
        return;
      }
      if (value !== undefined && manner === 'lying') {
        client.end(`\ntype=str, case=sensitive, found=yes, idx=tree, key="", value="${value}", type="str"\n\n`);
        return;
      }
      const real = connect({ path });
      real.on('error', () => client.destroy());
      real.write(line);
      if (value !== undefined && manner === 'late') real.resume();
      else real.pipe(client);
      client.on('close', () => real.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    behave(next) {
      manner = next;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

function fail(index: number): never {
  throw new Error(`there is no HAProxy ${String(index)}`);
}
