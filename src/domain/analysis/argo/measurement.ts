import type { Verdict } from '../verdict.js';

/** A condition on a measured value: it holds or not, could not be evaluated, or there is none. */
export type Condition = boolean | 'error' | null;

/**
 * What one measurement says by Argo Rollouts' rules.
 *
 * A failure condition that holds beats a success condition that holds; neither holding is inconclusive; where only one
 * is given, the other is its opposite; without any, every value is a success.
 */
export function evaluateMeasurement(success: Condition, failure: Condition): Verdict {
  if (success === 'error' || failure === 'error') return 'error';
  if (failure === true) return 'failed';
  if (success === true || success === null) return 'successful';
  return failure === null ? 'failed' : 'inconclusive';
}
