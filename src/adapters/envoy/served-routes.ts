import { z } from 'zod';
import { isFence, NO_FENCE } from '../../domain/traffic/fence.js';
import { notAnEnvoy, type EnvoyAdmin } from './admin-api.js';
import { overridable, type Unfit } from './unfit.js';

/** The weight of one cluster, in parts of the sum of all. */
export interface ClusterWeight {
  readonly cluster: string;
  readonly weight: number;
}

/** What an Envoy does with the requests of one route. */
export type ServedRoute = ServedSplit | { readonly unreadable: Unfit };

/** The split of a route, and the fence that came with it. */
export interface ServedSplit {
  readonly weights: readonly ClusterWeight[];
  readonly fence: number;
}

const weightedClusters = z.object({
  clusters: z.array(z.object({ name: z.string().default(''), weight: z.number().default(0) })).default([]),
  runtime_key_prefix: z.string().default(''),
});

/** Envoy makes a text of a large number when it reads YAML. What is no number was written by somebody else. */
const fence = z
  .union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
  .refine(isFence)
  .catch(NO_FENCE);

const metadata = z.object({
  filter_metadata: z.object({ headgate: z.object({ fence }).optional() }).optional(),
});

const dumpSchema = z.object({
  configs: z
    .array(
      z.object({
        route_config: z
          .object({
            virtual_hosts: z
              .array(
                z.object({
                  routes: z
                    .array(
                      z.object({
                        name: z.string().default(''),
                        route: z.object({ weighted_clusters: weightedClusters.optional() }).optional(),
                        metadata: metadata.optional(),
                      }),
                    )
                    .default([]),
                }),
              )
              .default([]),
          })
          .optional(),
      }),
    )
    .default([]),
});

/** By name, every route that came to this Envoy by route discovery. @throws EnvoyRefusal, or the transport's error. */
export async function readServedRoutes(admin: EnvoyAdmin): Promise<ReadonlyMap<string, ServedRoute>> {
  const body = await admin.get('/config_dump', { resource: 'dynamic_route_configs' });
  const dump = dumpSchema.safeParse(body);
  if (!dump.success) throw notAnEnvoy(body);
  const routes = new Map<string, ServedRoute>();
  for (const { route_config } of dump.data.configs) {
    for (const { name, route, metadata: kept } of (route_config?.virtual_hosts ?? []).flatMap((host) => host.routes)) {
      if (name === '') continue;
      const served = servedRoute(route?.weighted_clusters, kept?.filter_metadata?.headgate?.fence ?? NO_FENCE);
      const before = routes.get(name);
      routes.set(name, before === undefined ? served : together(before, served));
    }
  }
  return routes;
}

function servedRoute(weighted: z.output<typeof weightedClusters> | undefined, fence: number): ServedRoute {
  if (weighted === undefined) {
    return {
      unreadable: {
        cause: 'it sends the route elsewhere than to weighted_clusters',
        remedy:
          'Write the split by hand once, as docs/envoy.md shows. An entry that shall not be split needs another name.',
      },
    };
  }
  if (weighted.runtime_key_prefix !== '') return { unreadable: overridable(weighted.runtime_key_prefix) };
  return { weights: weighted.clusters.map(({ name, weight }) => ({ cluster: name, weight })), fence };
}

/** A route may be written several times, e.g. once per virtual host; then all of them split alike. */
function together(a: ServedRoute, b: ServedRoute): ServedRoute {
  if ('unreadable' in a) return a;
  if ('unreadable' in b) return b;
  if (sameSplit(a.weights, b.weights)) return { weights: a.weights, fence: Math.max(a.fence, b.fence) };
  return {
    unreadable: {
      cause: 'its entries of that name split differently',
      remedy: 'Give all of them the same weights once, or give those that shall not be split another name.',
    },
  };
}

/** Whether both send everybody to the same place: the same shares, in the same order. */
export function sameSplit(a: readonly ClusterWeight[], b: readonly ClusterWeight[]): boolean {
  const [left, right] = [slices(a), slices(b)];
  return (
    left.length === right.length &&
    left.every(({ cluster, share }, index) => {
      const other = right[index];
      return other?.cluster === cluster && Math.abs(other.share - share) < 1e-9;
    })
  );
}

/** Nobody meets a cluster of weight 0, so it does not matter where it stands. */
function slices(weights: readonly ClusterWeight[]): readonly { cluster: string; share: number }[] {
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  return weights.filter(({ weight }) => weight > 0).map(({ cluster, weight }) => ({ cluster, share: weight / sum }));
}
