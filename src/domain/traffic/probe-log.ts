import { formatValue } from '../analysis/format.js';
import { boundedText } from '../rollout/bounded.js';

/** The newest probes of one endpoint, oldest first: `true` is healthy. */
export interface ProbeLog {
  readonly results: readonly boolean[];
  /** Why the newest failure failed; `null` when none has. */
  readonly lastFailure: string | null;
}

export const EMPTY_PROBE_LOG: ProbeLog = { results: [], lastFailure: null };

/** How many probes a share is taken over. */
const WINDOW = 20;

/** So many failures in a row are enough, however well the window looks. */
const FAILURES_IN_A_ROW = 3;

export function addProbe(log: ProbeLog, healthy: boolean, reason: string | null): ProbeLog {
  const failure = reason === null ? null : boundedText(reason);
  return { results: [...log.results, healthy].slice(-WINDOW), lastFailure: healthy ? log.lastFailure : failure };
}

/** The share that succeeded, 0–1; `null` when none has run. */
export function probeSuccess(log: ProbeLog): number | null {
  return log.results.length === 0 ? null : log.results.filter(Boolean).length / log.results.length;
}

/** One sentence why the endpoint is unhealthy; `null` when it is not, or when there are too few probes to know. */
export function unhealthyBecause(log: ProbeLog, successThreshold: number): string | null {
  const { results, lastFailure } = log;
  const tail = results.slice(-FAILURES_IN_A_ROW);
  if (tail.length === FAILURES_IN_A_ROW && tail.every((healthy) => !healthy)) {
    return `the last ${String(FAILURES_IN_A_ROW)} probes failed: ${lastFailure ?? 'no answer'}`;
  }
  const success = probeSuccess(log) ?? 1;
  if (results.length < WINDOW || success >= successThreshold) return null;
  return `only ${formatValue(success, 'fraction')} of the last ${String(WINDOW)} probes succeeded, ${formatValue(successThreshold, 'fraction')} are wanted: ${lastFailure ?? 'no answer'}`;
}
