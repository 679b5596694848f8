import { formatValue } from '../analysis/format.js';
import { boundedText } from '../rollout/bounded.js';
import { CONSECUTIVE_FAILURES, FRESH_INTERVALS, WINDOW_PROBES } from './defaults.js';
import type { HealthPlan } from './health-plan.js';

/** The newest probes of one endpoint, oldest first: `true` is healthy. */
export interface ProbeLog {
  readonly results: readonly boolean[];
  /** Why the newest failure failed; `null` when none has. */
  readonly lastFailure: string | null;
  /** When the newest was made, epoch milliseconds. Absent: an older worker has kept the log. */
  readonly newestAtMs?: number;
  /** How many of the newest follow one another without a gap. Absent: nobody knows. */
  readonly unbroken?: number;
}

export const EMPTY_PROBE_LOG: ProbeLog = { results: [], lastFailure: null };

/** What is read of a plan to keep a log and to say what it means. */
export type ProbeRules = Pick<HealthPlan, 'consecutiveFailures' | 'windowProbes' | 'knownFromProbes'>;

/** When a probe was made, and how often one is. */
export interface ProbeTime extends Pick<HealthPlan, 'intervalMs' | 'timeoutMs'> {
  /** Epoch milliseconds. */
  readonly atMs: number;
}

export function addProbe(
  log: ProbeLog,
  healthy: boolean,
  reason: string | null,
  { windowProbes = WINDOW_PROBES, time }: ProbeRules & { readonly time?: ProbeTime } = {},
): ProbeLog {
  const failure = reason === null ? null : boundedText(reason);
  return {
    results: [...log.results, healthy].slice(-windowProbes),
    lastFailure: healthy ? log.lastFailure : failure,
    ...(time === undefined
      ? {}
      : { newestAtMs: time.atMs, unbroken: Math.min(1 + continuedBy(log, time), windowProbes) }),
  };
}

/** How many of its probes a new one goes on with: none behind a gap, because nobody knows what was in it. */
function continuedBy(log: ProbeLog, time: ProbeTime): number {
  return isFresh(log, time, time.atMs) ? (log.unbroken ?? 0) : 0;
}

/** Its newest probe tells of now. One from the future comes from a clock that is wrong. */
export function isFresh(
  { newestAtMs }: ProbeLog,
  { intervalMs, timeoutMs }: Pick<HealthPlan, 'intervalMs' | 'timeoutMs'>,
  nowMs: number,
): boolean {
  if (newestAtMs === undefined) return false;
  return Math.abs(nowMs - newestAtMs) <= FRESH_INTERVALS * intervalMs + timeoutMs;
}

/** The same log, of what follows without a gap up to its newest probe. */
export function unbrokenPart(log: ProbeLog): ProbeLog {
  const { results, unbroken = 0 } = log;
  return { ...log, results: results.slice(Math.max(results.length - unbroken, 0)) };
}

/** The share that succeeded, 0–1; `null` when none has run. */
export function probeSuccess(log: ProbeLog): number | null {
  return log.results.length === 0 ? null : log.results.filter(Boolean).length / log.results.length;
}

/** One sentence why the endpoint is unhealthy; `null` when it is not, or when there are too few probes to know. */
export function unhealthyBecause(log: ProbeLog, successThreshold: number, rules: ProbeRules = {}): string | null {
  const { results, lastFailure } = log;
  const { consecutiveFailures = CONSECUTIVE_FAILURES, windowProbes = WINDOW_PROBES } = rules;
  const { knownFromProbes = windowProbes } = rules;
  const tail = results.slice(-consecutiveFailures);
  if (tail.length === consecutiveFailures && tail.every((healthy) => !healthy)) {
    const failed = consecutiveFailures === 1 ? 'the last probe' : `the last ${String(consecutiveFailures)} probes`;
    return `${failed} failed: ${lastFailure ?? 'no answer'}`;
  }
  const success = probeSuccess(log) ?? 1;
  if (results.length < knownFromProbes || success >= successThreshold) return null;
  return `only ${formatValue(success, 'fraction')} of the last ${String(results.length)} probes succeeded, ${formatValue(successThreshold, 'fraction')} are wanted: ${lastFailure ?? 'no answer'}`;
}
