import { z } from 'zod';
import { notAnEnvoy, type EnvoyAdmin } from '../../envoy/admin-api.js';

/** What one cluster of one Envoy has counted since that Envoy began. */
export interface Counters {
  readonly requests: number;
  readonly errors: number;
  /** Cumulative, by upper bound in milliseconds; empty until the first latency was measured. */
  readonly latency: ReadonlyMap<number, number>;
}

/** All that was asked for, at one moment. */
export interface CountersAnswer {
  /** A cluster that this Envoy does not have is missing. */
  readonly byCluster: ReadonlyMap<string, Counters>;
  readonly uptimeSeconds: number;
}

const answerSchema = z.object({
  stats: z.array(
    z.union([
      z.object({ name: z.string(), value: z.number() }),
      z.object({
        histograms: z.array(
          z.object({
            name: z.string(),
            buckets: z.array(z.object({ upper_bound: z.number(), cumulative: z.number() })),
          }),
        ),
      }),
      z.object({}),
    ]),
  ),
});

const UPTIME = 'server.uptime';

/** Reads what Envoy counts of its upstreams. A response of 5xx is an error, and so is one that never came. */
export async function readCounters(admin: EnvoyAdmin, clusters: readonly string[]): Promise<CountersAnswer> {
  const names = clusters.map((cluster) => escaped(statNameOf(cluster))).join('|');
  const body = await admin.get('/stats', {
    format: 'json',
    histogram_buckets: 'cumulative',
    filter: `^(cluster\\.(${names})\\.upstream_rq_(completed|5xx|time)|server\\.uptime)$`,
  });
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) throw notAnEnvoy(body);
  const values = new Map<string, number>();
  const latencies = new Map<string, ReadonlyMap<number, number>>();
  for (const stat of parsed.data.stats) {
    if ('value' in stat) values.set(stat.name, stat.value);
    if (!('histograms' in stat)) continue;
    for (const { name, buckets } of stat.histograms)
      latencies.set(name, new Map(buckets.map(({ upper_bound, cumulative }) => [upper_bound, cumulative])));
  }
  const uptimeSeconds = values.get(UPTIME);
  if (uptimeSeconds === undefined) throw notAnEnvoy(body);
  const counted = clusters.flatMap((cluster): [string, Counters][] => {
    const stat = (what: string): string => `cluster.${statNameOf(cluster)}.upstream_rq_${what}`;
    const requests = values.get(stat('completed'));
    if (requests === undefined) return [];
    const latency = latencies.get(stat('time')) ?? new Map<number, number>();
    return [[cluster, { requests, errors: values.get(stat('5xx')) ?? 0, latency }]];
  });
  return { byCluster: new Map(counted), uptimeSeconds };
}

/** As Envoy writes a cluster's name into the names of its counters. */
function statNameOf(cluster: string): string {
  return cluster.replaceAll(':', '_');
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
