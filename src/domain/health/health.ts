import { CONSECUTIVE_FAILURES, KNOWN_FROM_PROBES, WINDOW_PROBES } from './defaults.js';
import { endpointsOf, pathOf, thresholdOf, type HealthPlan } from './health-plan.js';
import { EMPTY_PROBE_LOG, isFresh, probeSuccess, unbrokenPart, unhealthyBecause, type ProbeLog } from './probe-log.js';
import { logOf, type ProbeLogs } from './probe-logs.js';

/**
 * How well a backend is, 0–1: the share of the newest probes that succeeded, of the endpoint that does worst.
 *
 * `null`: unknown, because an endpoint has too few probes since the last gap.
 */
export function healthOf(logs: ProbeLogs, health: HealthPlan): number | null {
  const shares = currentLogs(logs, health).map(({ log }) => knownShare(log, health));
  return shares.reduce((worst, share) => (worst === null || share === null ? null : Math.min(worst, share)), 1);
}

/**
 * Whether a backend is known to be well now. Every endpoint must have enough probes without a gap, the newest of them
 * fresh, the newest few all good, and as large a share of them as is wanted.
 *
 * A backend that was never probed, or long ago, is not known to be well, however well it was.
 */
export function isKnownHealthy(logs: ProbeLogs, health: HealthPlan, nowMs: number): boolean {
  const current = currentLogs(logs, health);
  const { consecutiveFailures = CONSECUTIVE_FAILURES } = health;
  return (
    current.length > 0 &&
    current.every(({ path, log }) => {
      const share = knownShare(log, health);
      const isWell = share !== null && share >= thresholdOf(health, path);
      return isWell && isFresh(log, health, nowMs) && log.results.slice(-consecutiveFailures).every(Boolean);
    })
  );
}

/** Whether a backend is known to be unwell now: one of its endpoints is, by probes that are fresh. */
export function isKnownUnhealthy(logs: ProbeLogs, health: HealthPlan, nowMs: number): boolean {
  const rules = { ...health, knownFromProbes: knownFromOf(health) };
  return currentLogs(logs, health).some(
    ({ path, log }) => isFresh(log, health, nowMs) && unhealthyBecause(log, thresholdOf(health, path), rules) !== null,
  );
}

/** The endpoints that the plan names, each with what was seen of it since the last gap. */
function currentLogs(
  logs: ProbeLogs,
  health: HealthPlan,
): readonly { readonly path: string; readonly log: ProbeLog }[] {
  return endpointsOf(health).map((endpoint) => {
    const path = pathOf(endpoint);
    return { path, log: unbrokenPart(logOf(logs, path) ?? EMPTY_PROBE_LOG) };
  });
}

function knownShare(log: ProbeLog, health: HealthPlan): number | null {
  return log.results.length < knownFromOf(health) ? null : probeSuccess(log);
}

function knownFromOf({ windowProbes = WINDOW_PROBES }: HealthPlan): number {
  return Math.min(KNOWN_FROM_PROBES, windowProbes);
}
