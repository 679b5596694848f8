import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ClusterWeight } from '../../../src/adapters/envoy/served-routes.js';
import { writeEnvoyRoutes, type EnvoyRoutes } from '../../../src/dev/envoy.js';

/** Where the routes of a service begin in the file that `headgate init` writes. */
const ROUTES = /^ {8}routes:\n/m;

/** One file with the routes of all services, as `headgate init` writes them for each: users meet the last at `/`. */
export async function writeRoutes(routes: EnvoyRoutes, services: readonly string[]): Promise<void> {
  const parts: string[] = [];
  let head = '';
  for (const service of services) {
    await writeEnvoyRoutes({ ...routes, service });
    const [before = '', own = ''] = readFileSync(routes.file, 'utf8').split(ROUTES);
    head = before;
    parts.unshift(service === services[0] ? own : own.replaceAll('prefix: /', `prefix: /${service}`));
  }
  const text = `${head}        routes:\n${parts.join('')}`
    .replaceAll('name: green, weight: 100000', 'name: green, weight: 0')
    .replaceAll('name: blue, weight: 0', 'name: blue, weight: 100000');
  writeFileSync(routes.file, routes.file.endsWith('.json') ? JSON.stringify(parse(text), null, 2) : text);
}

interface Discovered {
  readonly resources: readonly { readonly virtual_hosts: readonly { readonly routes: readonly WrittenRoute[] }[] }[];
}

interface WrittenRoute {
  readonly name: string;
  readonly route: {
    readonly weighted_clusters: { readonly clusters: readonly { readonly name: string; readonly weight: number }[] };
  };
}

/** What a file says of a service; all of it, where its entries do not say the same. */
export function writtenIn(text: string, service: string): string {
  const { resources } = parse(text) as Discovered;
  const routes = resources.flatMap((one) => one.virtual_hosts).flatMap((host) => host.routes);
  const said = routes
    .filter(({ name }) => name === service)
    .map(({ route }) =>
      inWords(route.weighted_clusters.clusters.map(({ name, weight }) => ({ cluster: name, weight }))),
    );
  return [...new Set(said)].join(' and ');
}

/** `CANDIDATE/PARTS/BASELINE`, in the order of the hash range. */
export function inWords(weights: readonly ClusterWeight[]): string {
  const [candidate, baseline] = weights;
  return `${candidate?.cluster ?? ''}/${String(candidate?.weight)}/${baseline?.cluster ?? ''}`;
}
