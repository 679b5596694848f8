import type { RememberingCheck } from './check-memories.js';

/** What a health score is made of, per check. */
export interface ScoredCheck {
  /** 0–1; `null` or absent when nothing is known. */
  readonly healthScore?: number | null;
}

/**
 * How healthy the candidate looks, 0–1: the worst of its checks and of its probes; `null` when nothing is known.
 *
 * @param probeSuccess the share of the newest probes that succeeded, 0–1; `null` when none has run
 */
export function healthScore(checks: readonly ScoredCheck[], probeSuccess: number | null): number | null {
  const known = [...checks.map((check) => check.healthScore ?? null), probeSuccess].filter((score) => score !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/**
 * One check's part: 1 while nothing speaks against the candidate, 0 when the check has failed, and in between the share
 * of what it would take to fail that is still left.
 */
export function checkHealth({ compiled: { check }, state }: RememberingCheck): number | null {
  if (state.failure !== null) return 0;
  if (check.kind !== 'threshold' && check.kind !== 'custom') return null;
  if (state.tally.count === 0 && state.tally.failed === 0) return null;
  const ofAll = leftOf(
    check.failureLimit ?? (check.consecutiveFailureLimit === undefined ? 0 : -1),
    state.tally.failed,
  );
  return Math.min(ofAll, leftOf(check.consecutiveFailureLimit ?? -1, state.tally.consecutiveFailure));
}

function leftOf(limit: number, failed: number): number {
  return limit < 0 ? 1 : Math.max(0, 1 - failed / (limit + 1));
}
