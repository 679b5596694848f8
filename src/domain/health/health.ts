import { formatValue } from '../analysis/format.js';
import { formatDuration } from '../duration.js';
import { LONGEST } from '../rollout/bounds.js';
import { cut } from '../text.js';
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
  return whyNotKnownHealthy(logs, health, nowMs) === null;
}

/** The same with a reason: `null` when it is known to be well. */
export function whyNotKnownHealthy(logs: ProbeLogs, health: HealthPlan, nowMs: number): string | null {
  const current = currentLogs(logs, health);
  if (current.length === 0) return 'nothing says how it is probed';
  return current.map(({ path, log }) => whyEndpointNot(path, log, health, nowMs)).find((why) => why !== null) ?? null;
}

function whyEndpointNot(path: string, log: ProbeLog, health: HealthPlan, nowMs: number): string | null {
  const { consecutiveFailures = CONSECUTIVE_FAILURES } = health;
  const { results, newestAtMs } = log;
  const wanted = knownFromOf(health);
  const counted = `${String(results.length)} ${results.length === 1 ? 'probe' : 'probes'}`;
  if (newestAtMs === undefined || results.length === 0) return `${path} was not probed`;
  if (!isFresh(log, health, nowMs))
    return `${path} was last probed ${formatDuration(Math.abs(nowMs - newestAtMs))} ago`;
  if (!results.slice(-consecutiveFailures).every(Boolean)) return `${path} failed: ${log.lastFailure ?? 'no answer'}`;
  if (results.length < wanted) return `${path} had ${counted}, ${String(wanted)} are needed to know`;
  const share = probeSuccess(log) ?? 0;
  const threshold = thresholdOf(health, path);
  if (share >= threshold) return null;
  return `only ${formatValue(share, 'fraction')} of ${counted} of ${path} succeeded, ${formatValue(threshold, 'fraction')} are wanted`;
}

/** Whether a backend is known to be unwell now: one of its endpoints is, by probes that are fresh. */
export function isKnownUnhealthy(logs: ProbeLogs, health: HealthPlan, nowMs: number): boolean {
  const rules = { ...health, knownFromProbes: knownFromOf(health) };
  return currentLogs(logs, health).some(
    ({ path, log }) => isFresh(log, health, nowMs) && unhealthyBecause(log, thresholdOf(health, path), rules) !== null,
  );
}

/** How the probes of one endpoint went. */
export interface EndpointHealth {
  /** The share that succeeded, 0–1; `null` when none was made. */
  readonly success: number | null;
  /** How many probes that share is of: the newest, since the last gap. */
  readonly probes: number;
  /** Why the newest failure failed; `null` when none has. */
  readonly lastFailure: string | null;
}

/** How one backend is. */
export interface BackendHealth {
  /** 0–1; `null`: unknown, because there are too few probes. */
  readonly health: number | null;
  /** By path. */
  readonly endpoints: Readonly<Record<string, EndpointHealth>>;
}

/** How the backends of a service are. */
export interface ServiceHealth {
  /** By slot. */
  readonly environments: Readonly<Record<string, BackendHealth>>;
  /** When the newest probe was made, ISO 8601 UTC. */
  readonly asOf: string;
  /** What could not be asked, one sentence each. Absent: everything could. */
  readonly trouble?: readonly string[];
}

/** The same with what it is made of. */
export function backendHealth(logs: ProbeLogs, health: HealthPlan): BackendHealth {
  const endpoints = currentLogs(logs, health).map(({ path, log }) => {
    const lastFailure = log.lastFailure === null ? null : cut(log.lastFailure, LONGEST.warning);
    return [path, { success: probeSuccess(log), probes: log.results.length, lastFailure }] as const;
  });
  return { health: healthOf(logs, health), endpoints: Object.fromEntries(endpoints) };
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
