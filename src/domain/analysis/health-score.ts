import type { MeasurementTally } from './argo/metric-assessment.js';
import type { RememberingCheck } from './check-memories.js';
import { harmLeft } from './evidence/weighed.js';
import type { MeasurementLimits } from './plan.js';

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
 * of what it takes to fail that is still left.
 */
export function checkHealth(check: RememberingCheck): number | null {
  if (check.state.failure !== null) return 0;
  switch (check.engine) {
    case 'threshold':
      return limitsLeft(check.compiled.check, check.state.tally);
    case 'sequential': {
      const { compiled, state } = check;
      const known = state.weighed.filter(({ harm }) => harm.intervals > 0);
      return known.length === 0 ? null : Math.min(...known.map((weighed) => harmLeft(compiled, weighed)));
    }
    case 'baseline': {
      const { compiled, state } = check;
      return state.compared.requests > 0 || state.weighed.harm.intervals > 0 ? harmLeft(compiled, state.weighed) : null;
    }
  }
}

function limitsLeft(limits: MeasurementLimits, tally: MeasurementTally): number | null {
  if (tally.count === 0 && tally.failed === 0) return null;
  const { consecutiveFailureLimit } = limits;
  const failureLimit = limits.failureLimit ?? (consecutiveFailureLimit === undefined ? 0 : -1);
  return Math.min(leftOf(failureLimit, tally.failed), leftOf(consecutiveFailureLimit ?? -1, tally.consecutiveFailure));
}

/** One failure more than the limit is the end; below 0 there is no limit. */
function leftOf(limit: number, failed: number): number {
  return limit < 0 ? 1 : Math.max(0, 1 - failed / (limit + 1));
}
