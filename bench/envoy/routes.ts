import { mkdir, writeFile } from 'node:fs/promises';
import { toParts } from '../../src/domain/percent.js';
import { pathOf } from '../abort/settings.js';

export interface ManyRoute {
  readonly name: string;
  /** The cluster of each. */
  readonly candidate: string;
  readonly baseline: string;
  readonly candidatePercent: number;
}

/** A route of its own for each service, told apart by path, all in one file. */
export async function writeManyRoutes(folder: string, file: string, many: readonly ManyRoute[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const routes = many.map(({ name, candidate, baseline, candidatePercent }) => ({
    name,
    match: { prefix: pathOf(name) },
    route: {
      timeout: '15s',
      hash_policy: [{ header: { header_name: 'x-user' } }],
      weighted_clusters: {
        use_hash_policy: true,
        clusters: [
          { name: candidate, weight: toParts(candidatePercent) },
          { name: baseline, weight: toParts(100 - candidatePercent) },
        ],
      },
    },
  }));
  const configuration = {
    '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
    name: 'services',
    virtual_hosts: [{ name: 'all', domains: ['*'], routes }],
  };
  await writeFile(file, JSON.stringify({ resources: [configuration] }, null, 2));
}
