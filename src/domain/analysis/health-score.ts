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
