import { z } from 'zod';
import { notAnEnvoy, type EnvoyAdmin } from '../../envoy/admin-api.js';

/** What one cluster of one Envoy has counted since that Envoy began. */
export interface Counters {
  /** Those that were answered. */
  readonly requests: number;
  readonly errors: number;
  /**
   * Attempts that were begun, and are neither repeated, nor under way, nor completed: whoever asked gave up. But for a
   * constant: an answer that has begun is completed and under way at once, so that there is one less while it lasts.
   */
  readonly unanswered?: number;
  /** Requests on their way to a backend, and answers on their way back. */
  readonly active?: number;
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

/** Attempts that were sent to a backend, and those that ended before they could be. */
const BEGUN = ['total', 'cancelled', 'pending_failure_eject', 'pending_overflow'] as const;

const COUNTED = ['completed', '5xx', 'time', 'retry', 'active', ...BEGUN] as const;

/** Reads what Envoy counts of its upstreams. A response of 5xx is an error, and so is one that never came. */
export async function readCounters(admin: EnvoyAdmin, clusters: readonly string[]): Promise<CountersAnswer> {
  const names = clusters.map((cluster) => escaped(statNameOf(cluster))).join('|');
  const body = await admin.get('/stats', {
    format: 'json',
    histogram_buckets: 'cumulative',
    filter: `^(cluster\\.(${names})\\.upstream_(rq_(${COUNTED.join('|')})|cx_none_healthy)|server\\.uptime)$`,
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
    const sum = (...names: readonly string[]): number =>
      names.reduce((total, name) => total + (values.get(name) ?? 0), 0);
    const begun = sum(...BEGUN.map(stat), `cluster.${statNameOf(cluster)}.upstream_cx_none_healthy`);
    const active = sum(stat('active'));
    const unanswered = begun - sum(stat('retry')) - active - requests;
    return [[cluster, { requests, errors: sum(stat('5xx')), unanswered, active, latency }]];
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
