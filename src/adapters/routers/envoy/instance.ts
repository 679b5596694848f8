import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createEnvoyAdmin, EnvoyRefusal, type EnvoyAdmin } from '../../envoy/admin-api.js';
import { readServedRoutes, sameSplit, type ClusterWeight, type ServedRoute } from '../../envoy/served-routes.js';
import { sharedLook, unlessAborted } from '../../envoy/shared-look.js';

/** Envoy needs about 3 ms from the file to new weights: the first looks are near, later ones spare a busy one. */
const FIRST_LOOK_MS = 2;
const LATEST_LOOK_MS = 100;

const statsSchema = z.object({ stats: z.array(z.object({ name: z.string(), value: z.number() })) });

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
  async weightsOf(route: string, signal?: AbortSignal): Promise<readonly ClusterWeight[]> {
    const served = (await unlessAborted(this.look(), signal)).get(route);
    if (served === undefined) throw new UnknownRoute(`it serves no route named ${route} that came by route discovery`);
    if ('unreadable' in served) throw new UnreadableRoute(served.unreadable);
    return served.weights;
  }

  /**
   * Looks until it serves what `wanted` says, which may change meanwhile.
   *
   * @throws EnvoyRefusal when it does not in time, saying what it does instead; or the transport's error.
   */
  async serves(route: string, wanted: () => readonly ClusterWeight[] | undefined, signal?: AbortSignal): Promise<void> {
    const endsAtMs = performance.now() + this.timeoutMs;
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LATEST_LOOK_MS)) {
      const weights = await this.weightsOf(route, signal);
      if (sameSplit(weights, wanted() ?? [])) return;
      if (performance.now() >= endsAtMs)
        throw new EnvoyRefusal(`still does ${describe(weights)} after ${String(this.timeoutMs)} ms${await this.why()}`);
      await unlessAborted(sleep(pauseMs), signal);
    }
  }

  /** Envoy counts what it refused; the reason itself it tells nobody but its log. */
  private async why(): Promise<string> {
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
export class UnreadableRoute extends EnvoyRefusal {}

function describe(weights: readonly ClusterWeight[]): string {
  return weights.map(({ cluster, weight }) => `${cluster} ${String(weight)}`).join(', ');
}
