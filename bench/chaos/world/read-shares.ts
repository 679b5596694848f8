import { Pool } from 'undici';
import type { ChaosRouter } from '../schedule/schedule.js';
import { clusterOf } from './plane.js';

/** The share of `green`, by service, as the data plane itself says; nothing of Headgate is asked. */
export type ReadShares = () => Promise<ReadonlyMap<string, number>>;

export function sharesOf(router: ChaosRouter, adminUrl: string): ReadShares {
  const pool = new Pool(adminUrl, { connections: 2 });
  const get = async (path: string): Promise<unknown> => {
    const { body } = await pool.request({ method: 'GET', path });
    return body.json();
  };
  switch (router) {
    case 'gateway':
      return async () => gatewayShares(await get('/routes'));
    case 'envoy':
      return async () => envoyShares(await get('/config_dump?resource=dynamic_route_configs'));
  }
}

interface GatewayRoutes {
  readonly routes: readonly {
    readonly name: string;
    readonly weights: readonly { readonly backend: string; readonly percent: number }[];
  }[];
}

function gatewayShares(answer: unknown): ReadonlyMap<string, number> {
  const { routes } = answer as GatewayRoutes;
  return new Map(
    routes.map(({ name, weights }) => [name, weights.find(({ backend }) => backend === 'green')?.percent ?? 0]),
  );
}

interface EnvoyRoutes {
  readonly configs?: readonly {
    readonly route_config: {
      readonly virtual_hosts: readonly {
        readonly routes: readonly {
          readonly name: string;
          readonly route: {
            readonly weighted_clusters: {
              readonly clusters: readonly { readonly name: string; readonly weight?: number }[];
            };
          };
        }[];
      }[];
    };
  }[];
}

function envoyShares(answer: unknown): ReadonlyMap<string, number> {
  const { configs = [] } = answer as EnvoyRoutes;
  const routes = configs.flatMap(({ route_config: { virtual_hosts: hosts } }) => hosts.flatMap((host) => host.routes));
  return new Map(
    routes.map(({ name, route }) => {
      const { clusters } = route.weighted_clusters;
      const sum = clusters.reduce((total, { weight = 0 }) => total + weight, 0);
      const green = clusters.find((cluster) => cluster.name === clusterOf(name, 'green'))?.weight ?? 0;
      return [name, (100 * green) / sum];
    }),
  );
}
