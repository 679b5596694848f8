import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, request } from 'undici';
import { createEnvoyRouter } from '../../src/adapters/routers/envoy/router.js';
import { startEnvoy } from '../../src/dev/envoy.js';
import { startReaper } from '../../src/dev/process/reaper.js';
import { releasing } from '../../src/dev/releasers.js';
import { nextFence, NO_FENCE } from '../../src/domain/traffic/fence.js';
import { splitBetween } from '../../src/domain/traffic/weights.js';
import { listen } from '../../src/gateway/http-server.js';
import type { Route, TrafficRouter } from '../../src/ports/traffic-router.js';
import { BASELINE, CANDIDATE, pathOf, serviceName, SHARE_PERCENT, type AbortSettings } from '../abort/settings.js';
import { round, spreadOf, type Spread } from '../lib/quantiles.js';
import { table } from '../lib/table.js';
import { writeManyRoutes } from './routes.js';

/** How fast a real Envoy follows, with the routes of all services in one file. Times in milliseconds. */
export interface EnvoyFigures {
  /** From telling the router until the admin API read 0 %. */
  readonly singleReadBackMs: Spread;
  /** From telling the router until a user of the candidate sent the first request that the baseline got. */
  readonly singleSeenMs: Spread;
  /** All routes to 0 % at once: until the last was read back, and how often Envoy had to read the file. */
  readonly togetherMs: number;
  readonly togetherFileWrites: number;
}

/** As a table. */
export function envoyText(figures: EnvoyFigures): string {
  const row = (what: string, { p50, p99, max }: Spread): string[] => [what, ...[p50, p99, max].map(String)];
  return table(
    ['milliseconds', 'p50', 'p99', 'max'],
    [
      row('one route → reads back 0 %', figures.singleReadBackMs),
      row('one route → a user is back', figures.singleSeenMs),
      [`all at once, the last (${String(figures.togetherFileWrites)} writes)`, '', '', String(figures.togetherMs)],
    ],
  );
}

const ROLES = { baseline: BASELINE, candidate: CANDIDATE };
const SERVED_BY = 'x-served-by';

export async function runEnvoy(
  executable: string,
  { rollouts, singleAborts, pauseMs }: AbortSettings,
  tell: (line: string) => void,
): Promise<EnvoyFigures> {
  return releasing(async (releasers) => {
    const directory = releasers.add('the directory', await mkdtemp(join(tmpdir(), 'headgate-bench-')), (path) =>
      rm(path, { recursive: true, force: true }),
    );
    const reaper = releasers.add('the reaper', startReaper(), (one) => one.close());
    const services = Array.from({ length: rollouts }, (_, index) => serviceName(index));
    const folder = join(directory, 'routes');
    const file = join(folder, 'routes.json');
    await writeManyRoutes(
      folder,
      file,
      services.map((name) => ({ name, candidate: CANDIDATE, baseline: BASELINE, candidatePercent: 0 })),
    );
    const clusters = { [BASELINE]: await startSlot(BASELINE), [CANDIDATE]: await startSlot(CANDIDATE) };
    tell(`starting Envoy with ${String(rollouts)} routes`);
    const routes = { service: 'all', sticky: { header: 'x-user' }, clusters, folder, file };
    const envoy = releasers.add('Envoy', await startEnvoy({ executable, directory, routes, reaper }), (one) =>
      one.stop(),
    );
    const router = createEnvoyRouter({ instances: [{ admin: envoy.adminUrl, routes: file }], timeoutMs: 10_000 });
    const users = releasers.add('the users', new Pool(envoy.trafficUrl, { connections: 4 }), (pool) => pool.destroy());
    const setAll = (percent: number): Promise<unknown> =>
      Promise.all(
        services.map((service) => router.setWeights(routeOf(service), splitBetween(ROLES, percent), nextWrite())),
      );

    await setAll(SHARE_PERCENT);
    tell(`${String(singleAborts)} single changes to 0 %`);
    const singles: { readBackMs: number; seenMs: number }[] = [];
    for (let index = 0; index < singleAborts; index += 1) {
      singles.push(await measureSingle(router, users, services[index % services.length] ?? ''));
      await sleep(pauseMs);
    }
    tell('all to 0 % at once');
    await setAll(SHARE_PERCENT);
    const readsBefore = await fileReads(envoy.adminUrl);
    const startedAtMs = performance.now();
    await setAll(0);
    return {
      togetherMs: round(performance.now() - startedAtMs),
      togetherFileWrites: (await fileReads(envoy.adminUrl)) - readsBefore,
      singleReadBackMs: spreadOf(singles.map(({ readBackMs }) => readBackMs)),
      singleSeenMs: spreadOf(singles.map(({ seenMs }) => seenMs)),
    };
  });
}

function routeOf(service: string): Route {
  return { service, targets: { [BASELINE]: BASELINE, [CANDIDATE]: CANDIDATE } };
}

async function startSlot(slot: string): Promise<string> {
  const server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { [SERVED_BY]: slot }).end('ok');
  });
  return listen(server, '127.0.0.1', 0);
}

let fence = NO_FENCE;

/** Later than every write before, as a rollout's next decision is. */
function nextWrite(): { readonly fence: number } {
  fence = nextFence(fence);
  return { fence };
}

async function measureSingle(
  router: TrafficRouter,
  users: Pool,
  service: string,
): Promise<{ readBackMs: number; seenMs: number }> {
  const route = routeOf(service);
  await router.setWeights(route, splitBetween(ROLES, SHARE_PERCENT), nextWrite());
  const servedBy = async (user: string): Promise<unknown> => {
    const { headers, body } = await users.request({
      method: 'GET',
      path: pathOf(service),
      headers: { 'x-user': user },
    });
    await body.dump();
    return headers[SERVED_BY];
  };
  let number = 0;
  while ((await servedBy(`user-${String(number)}`)) !== CANDIDATE) number += 1;
  const startedAtMs = performance.now();
  const seen = (async () => {
    for (;;) {
      const sentAtMs = performance.now();
      if ((await servedBy(`user-${String(number)}`)) === BASELINE) return sentAtMs - startedAtMs;
    }
  })();
  await router.setWeights(route, splitBetween(ROLES, 0), nextWrite());
  const readBackMs = performance.now() - startedAtMs;
  return { readBackMs, seenMs: await seen };
}

/** How often Envoy has read the file, which is how often it was moved into place. */
async function fileReads(adminUrl: string): Promise<number> {
  const { body } = await request(`${adminUrl}/stats?format=json&filter=rds\\..*update_attempt$`);
  const { stats } = (await body.json()) as { stats: readonly { value: number }[] };
  return stats[0]?.value ?? NaN;
}
