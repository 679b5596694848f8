import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { FencedWrite } from '../../../domain/traffic/fence.js';
import { createEnvoyAdmin, EnvoyRefusal, notAnEnvoy, type EnvoyAdmin } from '../../envoy/admin-api.js';
import {
  readServedRoutes,
  sameSplit,
  type ClusterWeight,
  type ServedRoute,
  type ServedSplit,
} from '../../envoy/served-routes.js';
import { sharedLook, unlessAborted } from '../../shared-look.js';
import { hasToBeMade } from '../write-failures.js';

/** Envoy needs about 3 ms from the file to new weights: the first looks are near, later ones spare a busy one. */
const FIRST_LOOK_MS = 2;
const LATEST_LOOK_MS = 100;

const statsSchema = z.object({ stats: z.array(z.object({ name: z.string(), value: z.number() })) });

const clustersSchema = z.object({ cluster_statuses: z.array(z.object({ name: z.string() })).default([]) });

/** One Envoy, as far as its routes are concerned. */
export class EnvoyInstance {
  private readonly admin: EnvoyAdmin;
  private readonly look: () => Promise<ReadonlyMap<string, ServedRoute>>;

  constructor(
    readonly url: string,
    private readonly timeoutMs: number,
  ) {
    const admin = createEnvoyAdmin(url, timeoutMs);
    this.admin = admin;
    this.look = sharedLook(() => readServedRoutes(admin));
  }

  /** What it does with a route now. @throws EnvoyRefusal when it has no such route, or one that cannot be read. */
  async splitOf(route: string, signal?: AbortSignal): Promise<ServedSplit> {
    const served = (await unlessAborted(this.look(), signal)).get(route);
    if (served === undefined) throw new UnknownRoute(`it serves no route named ${route} that came by route discovery`);
    if ('unreadable' in served) throw new UnreadableRoute(served.unreadable.cause, served.unreadable.remedy);
    return served;
  }

  /** The names of the clusters that it knows. @throws EnvoyRefusal, or the transport's error. */
  async clusters(): Promise<ReadonlySet<string>> {
    const body = await this.admin.get('/clusters', { format: 'json' });
    const known = clustersSchema.safeParse(body);
    if (!known.success) throw notAnEnvoy(body);
    return new Set(known.data.cluster_statuses.map(({ name }) => name));
  }

  /**
   * Looks until it serves a write that its file has, or a newer one has overtaken it.
   *
   * @throws StaleInstance when it serves a greater fence with other weights; EnvoyRefusal when it does not serve the write
   * in time, saying what it does instead; or the transport's error.
   */
  async serves(
    route: string,
    wanted: readonly ClusterWeight[],
    write: FencedWrite,
    signal?: AbortSignal,
  ): Promise<void> {
    const endsAtMs = performance.now() + this.timeoutMs;
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LATEST_LOOK_MS)) {
      const { weights, fence } = await this.splitOf(route, signal);
      const isWanted = sameSplit(weights, wanted);
      if (fence === write.fence && isWanted) return;
      if (fence > write.fence && !hasToBeMade(write, fence, isWanted)) return;
      if (performance.now() >= endsAtMs)
        throw new EnvoyRefusal(
          `still does ${describe(weights, fence)} after ${String(this.timeoutMs)} ms${await this.why()}`,
        );
      await unlessAborted(sleep(pauseMs), signal);
    }
  }

  /** Envoy counts what it refused; the reason itself it tells nobody but its log. */
  async why(): Promise<string> {
    const body = await this.admin
      .get('/stats', { format: 'json', filter: '\\.rds\\..*\\.update_(rejected|failure)$' })
      .catch(() => null);
    const counted = statsSchema.safeParse(body);
    if (!counted.success) return '';
    const refused = counted.data.stats.filter(({ value }) => value > 0);
    if (refused.length === 0) return ': it has not taken up the file; does it watch this one?';
    const counts = refused.map(({ name, value }) => `${name} ${String(value)}`).join(', ');
    return `: it has refused what the file says (${counts}); its log says why, after "Filesystem config update"`;
  }
}

/** Thrown when an Envoy does not have the route at all. */
export class UnknownRoute extends EnvoyRefusal {}

/** Thrown when an Envoy has the route, but does something else with it than split it by weights. */
export class UnreadableRoute extends EnvoyRefusal {
  constructor(
    cause: string,
    readonly remedy: string,
  ) {
    super(cause);
  }
}

/** For people, with the fence where there is one. */
export function describe(weights: readonly ClusterWeight[], fence: number): string {
  const shares = weights.map(({ cluster, weight }) => `${cluster} ${String(weight)}`).join(', ');
  return fence === 0 ? shares : `${shares} (fence ${String(fence)})`;
}
