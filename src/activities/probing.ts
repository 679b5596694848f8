import { whyNotKnownHealthy } from '../domain/health/health.js';
import type { HealthEndpoint, HealthPlan } from '../domain/health/health-plan.js';
import { probeUntilKnown } from '../inspection/probe-rounds.js';
import type { Roles } from '../domain/traffic/weights.js';
import type { ProbeTarget } from '../ports/health-probe.js';
import type { ServicePorts } from '../ports/service.js';

/** Where the candidate fails, and how it is found out whether another backend does. */
export interface Unhealthy {
  readonly endpoints: readonly HealthEndpoint[];
  /** In words. */
  readonly because: string;
  readonly isHealthy: (target: ProbeTarget, endpoint: HealthEndpoint) => Promise<boolean>;
}

/** What it says against the candidate, or against both: then it is not its fault. */
export async function harmOf(
  { urls }: Pick<ServicePorts, 'urls'>,
  { candidate, baseline }: Roles,
  { endpoints, because, isHealthy }: Unhealthy,
): Promise<{ readonly reason: string; readonly shared: boolean }> {
  const url = urls[baseline];
  const fails = async (endpoint: HealthEndpoint): Promise<boolean> =>
    url !== undefined && !(await isHealthy({ backend: baseline, url }, endpoint));
  const shared = await failsAtEach(endpoints, fails);
  return { reason: `${candidate} is unhealthy: ${because}${shared ? '; so is the baseline' : ''}`, shared };
}

/**
 * Whether the baseline fails at each of the endpoints at which the candidate failed: then it is not the candidate's fault.
 *
 * What the baseline answers elsewhere says nothing: a process is alive also while the database that both need is away.
 */
async function failsAtEach(
  candidateFailedAt: readonly HealthEndpoint[],
  baselineFailsAt: (endpoint: HealthEndpoint) => Promise<boolean>,
): Promise<boolean> {
  const fails = await Promise.all(candidateFailedAt.map(baselineFailsAt));
  return fails.length > 0 && fails.every(Boolean);
}

/** The end of a reason where a backend that fails must be kept, because the other one may be no better. */
export function noWayBack(baseline: string, why: string): string {
  return `nothing goes back by itself, because ${baseline} is not known to be healthy: ${why}`;
}

/** The same for who has not watched: by as many probes, one after another, as are needed to know. */
export async function noWayBackNow(
  service: Pick<ServicePorts, 'probe' | 'urls'>,
  baseline: string,
  health: HealthPlan,
): Promise<string | null> {
  const logs = await probeUntilKnown(service, baseline, health, { stopsAtFailure: true });
  const why = whyNotKnownHealthy(logs, health, Date.now());
  return why === null ? null : noWayBack(baseline, why);
}
