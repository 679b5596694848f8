import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test ends, with an RDS file in it. */
export function folderWith(text: string, name = 'routes.yaml'): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-rds-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** One route as people write it, in block style. */
export function blockRoute(name: string, clusters: readonly (readonly [string, number])[]): string {
  return `          - name: ${name}
            match: { prefix: /${name} }
            route:
              timeout: 15s # long enough
              hash_policy: [{ header: { header_name: x-user } }]
              weighted_clusters:
                use_hash_policy: true
                clusters:
${clusters.map(([cluster, weight]) => `                  - name: ${cluster}\n                    weight: ${String(weight)}\n`).join('')}`;
}

export function rdsFile(routes: readonly string[]): string {
  return `# ours
version_info: "7"
resources:
  - '@type': type.googleapis.com/envoy.config.route.v3.RouteConfiguration
    name: services
    virtual_hosts:
      - name: all
        domains: ['*']
        routes:
${routes.join('\n')}`;
}
