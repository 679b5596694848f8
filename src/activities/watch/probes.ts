import { EMPTY_PROBE_LOG } from '../../domain/health/probe-log.js';
import { addRound, unhealthyEndpoints, type ProbeLogs } from '../../domain/health/probe-logs.js';
import { endpointsOf, pathOf, type HealthEndpoint, type HealthPlan } from '../../domain/health/health-plan.js';
import type { ServicePorts } from '../../ports/service.js';
import type { StageView } from '../contracts.js';
import { harmOf } from '../probing.js';

/** Probes the candidate's endpoints at their own interval, beside the sampling. */
export class Probes {
  private nextAtMs = 0;
  /** The endpoints that were unhealthy at the last look. */
  private unhealthy: readonly HealthEndpoint[] = [];

  constructor(
    private readonly service: ServicePorts,
    private readonly view: StageView,
    public log: ProbeLogs = EMPTY_PROBE_LOG,
  ) {}

  private get health(): HealthPlan | undefined {
    return this.view.plan.health ?? this.service.health;
  }

  /** Probes when it is time; one sentence when the candidate is unhealthy. */
  async look(nowMs: number, signal: AbortSignal): Promise<string | null> {
    const health = this.health;
    const url = this.service.urls[this.view.roles.candidate];
    if (health === undefined || url === undefined || nowMs < this.nextAtMs) return null;
    this.nextAtMs = nowMs + health.intervalMs;
    const endpoints = endpointsOf(health);
    const round = await Promise.all(
      endpoints.map(async (endpoint) => ({
        endpoint: pathOf(endpoint),
        failure: await this.probe(this.view.roles.candidate, url, endpoint, signal),
      })),
    );
    this.log = addRound(this.log, round, { ...health, time: { ...health, atMs: nowMs } });
    const found = unhealthyEndpoints(this.log, health);
    this.unhealthy = endpoints.filter((endpoint) => found.some((one) => one.endpoint === pathOf(endpoint)));
    return found.length === 0 ? null : found.map(({ because }) => because).join('; ');
  }

  /** What the last look says against the candidate, or against both where the baseline fails the same probes. */
  harm(because: string, signal: AbortSignal): ReturnType<typeof harmOf> {
    return harmOf(this.service, this.view.roles, {
      endpoints: this.unhealthy,
      because,
      isHealthy: async ({ backend, url }, endpoint) => (await this.probe(backend, url, endpoint, signal)) === null,
    });
  }

  private async probe(
    backend: string,
    url: string,
    endpoint: HealthEndpoint,
    signal: AbortSignal,
  ): Promise<string | null> {
    const timeoutMs = this.health?.timeoutMs ?? 1000;
    const result = await this.service.probe.probe({ backend, url }, endpoint, timeoutMs, signal);
    return result.healthy ? null : `GET ${url}${pathOf(endpoint)} ${result.reason}`;
  }
}
