import { createServer } from 'node:http';
import { join } from 'node:path';
import { Pool } from 'undici';
import { createEnvoyAdmin } from '../../src/adapters/envoy/admin-api.js';
import { readServedRoutes, type ServedRoute } from '../../src/adapters/envoy/served-routes.js';
import { startEnvoy } from '../../src/dev/envoy.js';
import type { Releasers } from '../../src/dev/releasers.js';
import { listen } from '../../src/gateway/http-server.js';
import { writeManyRoutes } from '../envoy/routes.js';
import { findEnvoy } from '../lib/find-temporal.js';
import { inParallel } from '../lib/in-parallel.js';
import { clusterOf } from './plane-ports.js';
import type { BenchPlane, PlaneOptions } from './plane.js';
import { BASELINE, CANDIDATE, pathOf, SHARE_PERCENT } from './settings.js';
import { SWEEP_CONCURRENCY, watchShares } from './shares.js';
import type { Sides } from './users.js';

const SERVED_BY = 'x-served-by';
const TIMEOUT_MS = 10_000;

/** Looks at the counters in an interval of a rollout. */
const LOOKS_PER_INTERVAL = 10;

/** A real Envoy with all routes in one file, two clusters of its own for each, and two backends behind all of them. */
export async function startEnvoyPlane(
  { settings, services, floors, directory, reaper }: PlaneOptions,
  releasers: Releasers,
): Promise<BenchPlane> {
  const executable = await findEnvoy();
  const folder = join(directory, 'routes');
  const file = join(folder, 'routes.json');
  await writeManyRoutes(folder, file, [
    ...services.map((name) => ({ name, candidatePercent: 0, ...clustersOf(name) })),
    ...floors.map((name) => ({ name, candidatePercent: SHARE_PERCENT, ...clustersOf(name) })),
  ]);
  const urls = {
    [BASELINE]: await startBackend(BASELINE, releasers),
    [CANDIDATE]: await startBackend(CANDIDATE, releasers),
  };
  const clusters = Object.fromEntries(
    [...services, ...floors].flatMap((name) =>
      Object.entries(urls).map(([slot, url]): [string, string] => [clusterOf(name, slot), url]),
    ),
  );
  const routes = { service: 'all', sticky: { header: 'x-user' }, clusters, folder, file };
  const envoy = releasers.add('Envoy', await startEnvoy({ executable, directory, routes, reaper }), (one) =>
    one.stop(),
  );
  const { adminUrl, trafficUrl } = envoy;
  const pool = releasers.add('the looking', new Pool(trafficUrl, { connections: 2 * SWEEP_CONCURRENCY }), (one) =>
    one.destroy(),
  );
  const servedBy = async (route: string, user: string): Promise<unknown> => {
    const { headers, body } = await pool.request({ method: 'GET', path: pathOf(route), headers: { 'x-user': user } });
    await body.dump();
    return headers[SERVED_BY];
  };
  // A header's hash knows no route: whoever is on a side of one route is on that side of all that split alike.
  const sides = await findSides((user) => servedBy(floors[0] ?? '', user));
  const admin = createEnvoyAdmin(adminUrl, TIMEOUT_MS);
  return {
    trafficUrl,
    address: {
      kind: 'envoy',
      adminUrl,
      routes: file,
      lookEveryMs: settings.monitoringIntervalMs / LOOKS_PER_INTERVAL,
    },
    shares: watchShares(async (wanted, saw) => {
      const served = await readServedRoutes(admin);
      for (const route of wanted) saw(route, percentOf(route, served.get(route)));
    }),
    seen: watchShares(async (wanted, saw) => {
      await inParallel(wanted, SWEEP_CONCURRENCY, async (route) => {
        const sentAtMs = performance.now();
        const slot = await servedBy(route, sides.onCandidate);
        saw(route, slot === BASELINE ? 0 : SHARE_PERCENT, sentAtMs);
      });
    }),
    sidesOf: () => sides,
    setCandidateFails: null,
  };
}

function clustersOf(name: string): { readonly candidate: string; readonly baseline: string } {
  return { candidate: clusterOf(name, CANDIDATE), baseline: clusterOf(name, BASELINE) };
}

async function startBackend(slot: string, releasers: Releasers): Promise<string> {
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { [SERVED_BY]: slot }).end('ok');
  });
  const url = await listen(server, '127.0.0.1', 0);
  releasers.add(`the backend ${slot}`, server, (one) => {
    one.close();
    one.closeAllConnections();
  });
  return url;
}

async function findSides(servedBy: (user: string) => Promise<unknown>): Promise<Sides> {
  const found = new Map<unknown, string>();
  for (let number = 0; !found.has(CANDIDATE) || !found.has(BASELINE); number += 1) {
    const user = `user-${String(number)}`;
    found.set(await servedBy(user), user);
  }
  return { onCandidate: found.get(CANDIDATE) ?? '', onBaseline: found.get(BASELINE) ?? '' };
}

function percentOf(route: string, served: ServedRoute | undefined): number {
  if (served === undefined || !('weights' in served)) return NaN;
  const sum = served.weights.reduce((total, { weight }) => total + weight, 0);
  const own = served.weights.find(({ cluster }) => cluster === clusterOf(route, CANDIDATE));
  return (100 * (own?.weight ?? 0)) / sum;
}
