import type { Sampled } from '../../../domain/analysis/sample.js';
import { createEnvoyAdmin, EnvoyRefusal, type EnvoyAdmin } from '../../envoy/admin-api.js';
import { readServedRoutes } from '../../envoy/served-routes.js';
import { sharedLook } from '../../shared-look.js';
import { readCounters } from './counters.js';
import { CounterMemory } from './memory.js';

export interface CountedInstanceOptions {
  readonly timeoutMs: number;
  readonly intervalMs: number;
}

/** Longer than any stage that a restarted watch asks for again in practice. */
const RETENTION_MS = 6 * 3_600_000;

/** Nobody has asked for so long: nobody guards anything. */
const IDLE_MS = 15 * 60_000;

/** An Envoy tells its age in whole seconds. */
const AGE_TOLERANCE_MS = 2500;

/** No Envoy gets older than it is: another one answers at its address. What it tells may be from its last flush. */
const OLDER_TOLERANCE_MS = 10_000;

/** One Envoy whose counters are looked at again and again from the first question on. */
export class CountedInstance {
  /** Reads the counters now. */
  readonly look: () => Promise<void>;
  private readonly admin: EnvoyAdmin;
  private readonly memories = new Map<string, CounterMemory>();
  private readonly clustersOf = new Map<string, ReadonlySet<string>>();
  private missing: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | null = null;
  private lastAskedMs = 0;
  private lastLookMs = 0;
  private life = 0;
  private bornAtMs = Infinity;

  constructor(
    readonly url: string,
    private readonly options: CountedInstanceOptions,
  ) {
    this.admin = createEnvoyAdmin(url, options.timeoutMs);
    this.look = sharedLook(() => this.lookNow());
  }

  /**
   * Remembers the clusters between which a route splits from the next look on: whoever asks for the one will soon ask
   * for the other.
   *
   * @throws EnvoyRefusal unless the route's requests may go to `cluster`: the counts of a cluster know no route.
   */
  async remember(route: string, cluster: string): Promise<void> {
    this.lastAskedMs = Date.now();
    // Looks of its own keep no process alive that has nothing else to do.
    this.timer ??= setInterval(() => this.lookByItself(), this.options.intervalMs).unref();
    const clusters = this.clustersOf.get(route);
    if (clusters?.has(cluster) === true) return;
    const served = (await readServedRoutes(this.admin)).get(route);
    if (served === undefined) throw new EnvoyRefusal(`it serves no route named ${route}`);
    if (!('weights' in served) || !served.weights.some((weight) => weight.cluster === cluster))
      throw new EnvoyRefusal(`its route ${route} does not name the cluster ${cluster}`);
    this.clustersOf.set(route, new Set(served.weights.map((weight) => weight.cluster)));
    for (const { cluster: name } of served.weights)
      if (!this.memories.has(name)) this.memories.set(name, new CounterMemory(this.options.intervalMs, RETENTION_MS));
  }

  /** What happened between each edge and the next. @throws EnvoyRefusal when it has no such cluster. */
  samplesOf(cluster: string, edgesMs: readonly number[]): readonly Sampled[] {
    if (this.missing.has(cluster)) throw new EnvoyRefusal(`it has no cluster named ${cluster}`);
    const memory = this.memories.get(cluster);
    return edgesMs.slice(1).map((toMs, index) => memory?.between(edgesMs[index] ?? toMs, toMs) ?? 'no-data');
  }

  /** Why nothing can be said of some of that time although it was looked at, in one sentence. */
  whyUnknown(cluster: string, fromMs: number, toMs: number): string | null {
    const why = this.memories.get(cluster)?.whyUnknown(fromMs, toMs) ?? null;
    if (why === null) return null;
    return (
      `several Envoys answer in turn at ${this.url}: of the cluster ${cluster} ${why}, and its age says that it was not ` +
      'started again; name the admin address of each instance by itself'
    );
  }

  /** Looks no more by itself, until it is asked again. */
  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private lookByItself(): void {
    if (Date.now() - this.lastAskedMs > IDLE_MS) {
      this.stop();
      return;
    }
    // What cannot be had now is missing in the memory, which says so to whoever asks.
    this.look().catch(() => undefined);
  }

  private async lookNow(): Promise<void> {
    const atMs = Math.max(Date.now(), this.lastLookMs + 1);
    this.lastLookMs = atMs;
    const clusters = [...this.memories.keys()];
    const { byCluster, uptimeSeconds } = await readCounters(this.admin, clusters);
    this.noteAge(uptimeSeconds);
    this.missing = new Set(clusters.filter((cluster) => !byCluster.has(cluster)));
    for (const [cluster, counters] of byCluster) this.memories.get(cluster)?.add({ atMs, life: this.life, counters });
  }

  /**
   * One that was started again counts from 0, and may have passed the old counts before anybody looked. Two that answer
   * in turn have nothing to do with each other either.
   */
  private noteAge(uptimeSeconds: number): void {
    const bornAtMs = Date.now() - 1000 * uptimeSeconds;
    const isOlder = this.bornAtMs < Infinity && bornAtMs < this.bornAtMs - OLDER_TOLERANCE_MS;
    if (isOlder || bornAtMs > this.bornAtMs + AGE_TOLERANCE_MS) {
      this.life += 1;
      this.bornAtMs = bornAtMs;
    }
    this.bornAtMs = Math.min(this.bornAtMs, bornAtMs);
  }
}
