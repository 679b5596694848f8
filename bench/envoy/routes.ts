import { mkdir, writeFile } from 'node:fs/promises';
import { BASELINE, CANDIDATE } from '../abort/settings.js';

/** A route of its own for each service, told apart by path, all in one file; everything to the baseline. */
export async function writeManyRoutes(folder: string, file: string, services: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const routes = services.map((name) => ({
    name,
    match: { prefix: `/${name}/` },
    route: {
      timeout: '15s',
      hash_policy: [{ header: { header_name: 'x-user' } }],
      weighted_clusters: {
        use_hash_policy: true,
        clusters: [
          { name: CANDIDATE, weight: 0 },
          { name: BASELINE, weight: 100_000 },
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
