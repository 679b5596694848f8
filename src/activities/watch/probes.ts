import { backendHealth, whyNotKnownHealthy } from '../../domain/health/health.js';
import { endpointsOf, pathOf, type HealthEndpoint, type HealthPlan } from '../../domain/health/health-plan.js';
import { EMPTY_PROBE_LOG } from '../../domain/health/probe-log.js';
import { addRound, unhealthyEndpoints, type ProbeLogs } from '../../domain/health/probe-logs.js';
import type { WatchPicture } from '../../domain/traffic/picture.js';
import { probeRound } from '../../inspection/probe-rounds.js';
import type { ServicePorts } from '../../ports/service.js';
import type { StageView } from '../contracts.js';
import { harmOf, noWayBack } from '../probing.js';

/** What was probed so far: it cannot be asked for again. */
export interface ProbeMemory {
  /** Of the candidate alone; empty where both are probed. */
  readonly probes: ProbeLogs;
  /** Of both, by slot: a rollout may go back and forth, and what was seen of a slot stays true. */
  readonly probesOfSlots?: Readonly<Record<string, ProbeLogs>>;
}

/** The second round comes at random within the first interval: what began together must not probe together ever after. */
const FIRST_INTERVAL = { least: 0.5, most: 1 } as const;

/** Where nothing says how long an answer may take. */
const PROBE_TIMEOUT_MS = 1000;

/** Probes the candidate's endpoints at their own interval, beside the sampling; the baseline's too where a plan says so. */
export class Probes {
  private nextAtMs = 0;
  private hasProbed = false;
  /** The endpoints that were unhealthy at the last look. */
  private unhealthy: readonly HealthEndpoint[] = [];
  private readonly logs = new Map<string, ProbeLogs>();

  constructor(
    private readonly service: ServicePorts,
    private readonly view: StageView,
    memory: ProbeMemory = { probes: EMPTY_PROBE_LOG },
    private readonly random: () => number = Math.random,
  ) {
    const { candidate } = view.roles;
    this.logs.set(candidate, memory.probes);
    for (const [slot, logs] of Object.entries(memory.probesOfSlots ?? {})) this.logs.set(slot, logs);
  }

  private get health(): HealthPlan | undefined {
    return this.view.plan.health ?? this.service.health;
  }

  /** Whether the baseline is probed as well: then nothing goes back onto it unless it is known to be healthy. */
  get isOfBoth(): boolean {
    return this.health?.ofBaseline === true;
  }

  /** The candidate's. */
  get log(): ProbeLogs {
    return this.logOf(this.view.roles.candidate);
  }

  get memory(): ProbeMemory {
    if (!this.isOfBoth) return { probes: this.log };
    return { probes: EMPTY_PROBE_LOG, probesOfSlots: Object.fromEntries(this.logs) };
  }

  /** When both want to be probed again, whatever else has its time; never, where the looks of the watch are enough. */
  get nextRoundMs(): number {
    return this.isOfBoth ? this.nextAtMs : Infinity;
  }

  get picture(): Pick<WatchPicture, 'health'> {
    const { health } = this;
    if (health === undefined || !this.isOfBoth) return {};
    const { candidate, baseline } = this.view.roles;
    const of = (slot: string) => backendHealth(this.logOf(slot), health);
    return { health: { roles: this.view.roles, candidate: of(candidate), baseline: of(baseline) } };
  }

  /** Probes when it is time; one sentence when the candidate is unhealthy. */
  async look(nowMs: number, signal: AbortSignal): Promise<string | null> {
    const { health } = this;
    const { candidate, baseline } = this.view.roles;
    const isProbed = this.service.urls[candidate] !== undefined || this.isOfBoth;
    if (health === undefined || !isProbed || nowMs < this.nextAtMs) return null;
    this.nextAtMs = nowMs + health.intervalMs * this.shareOfInterval();
    this.hasProbed = true;
    await Promise.all(
      (this.isOfBoth ? [candidate, baseline] : [candidate]).map((slot) => this.round(slot, nowMs, signal)),
    );
    const found = unhealthyEndpoints(this.log, health);
    this.unhealthy = endpointsOf(health).filter((one) => found.some(({ endpoint }) => endpoint === pathOf(one)));
    return found.length === 0 ? null : found.map(({ because }) => because).join('; ');
  }

  /** What the last look says against the candidate, or against both where the baseline fails the same probes. */
  async harm(because: string, signal: AbortSignal): ReturnType<typeof harmOf> {
    const { roles } = this.view;
    const timeoutMs = this.health?.timeoutMs ?? PROBE_TIMEOUT_MS;
    if (this.isOfBoth) return { reason: `${roles.candidate} is unhealthy: ${because}`, shared: false };
    return harmOf(this.service, roles, {
      endpoints: this.unhealthy,
      because,
      isHealthy: async (target, endpoint) =>
        (await this.service.probe.probe(target, endpoint, timeoutMs, signal)).healthy,
    });
  }

  /**
   * Why nothing may go back onto the baseline now; `null` when it is known to be healthy, by what was seen of it and by
   * one more round.
   */
  async noWayBack(signal: AbortSignal): Promise<string | null> {
    const { health } = this;
    const { baseline } = this.view.roles;
    if (health === undefined || !this.isOfBoth) return null;
    const why = () => whyNotKnownHealthy(this.logOf(baseline), health, Date.now());
    const before = why();
    if (before !== null) return noWayBack(baseline, before);
    await this.round(baseline, Date.now(), signal);
    const now = why();
    return now === null ? null : noWayBack(baseline, now);
  }

  private logOf(slot: string): ProbeLogs {
    return this.logs.get(slot) ?? EMPTY_PROBE_LOG;
  }

  private shareOfInterval(): number {
    if (this.hasProbed) return 1;
    const { least, most } = FIRST_INTERVAL;
    return least + this.random() * (most - least);
  }

  /** Asks every endpoint of one backend once. One without an address cannot be asked, and stays unknown. */
  private async round(slot: string, atMs: number, signal: AbortSignal): Promise<void> {
    const { health } = this;
    if (health === undefined) return;
    const outcomes = await probeRound(this.service, slot, health, signal);
    if (outcomes.length === 0) return;
    this.logs.set(slot, addRound(this.logOf(slot), outcomes, { ...health, time: { ...health, atMs } }));
  }
}
