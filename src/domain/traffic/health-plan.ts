/** How the candidate's own endpoints are probed. */
export interface HealthPlan {
  /** Paths, e.g. `/health`. */
  readonly endpoints: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** The share of probes that must succeed, 0–1. */
  readonly successThreshold: number;
  /** The baseline is probed as well, and nothing goes back to it by itself unless it is known to be healthy. */
  readonly ofBaseline?: true;
}
