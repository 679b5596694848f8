import { MIN_BASELINE_SHARE } from '../../defaults.js';
import type { StageCounts } from '../../stage-counts.js';
import type { BaselineState } from './state.js';

type Traffic = BaselineState['traffic'];

/**
 * Whether a comparison is left out of the verdict on a stage: only where the *plan* leaves the baseline under 1 % of the
 * traffic. A baseline that should have traffic and has none is unknown.
 *
 * Where nobody has said what the plan leaves, its share of the first traffic tells; what was compared once stays so.
 */
export function isSuspendedBy({ sharePercent }: StageCounts, before: BaselineState, traffic: Traffic): boolean {
  if (sharePercent !== undefined) return isSuspendedAt(sharePercent);
  const isFirst = before.traffic.candidate + before.traffic.baseline === 0;
  return (isFirst || before.suspended) && traffic.baseline > 0 && !isFair(traffic);
}

/** Whether the plan leaves the baseline too little at this share of the candidate's, 0–100. */
function isSuspendedAt(sharePercent: number): boolean {
  return 100 - sharePercent < 100 * MIN_BASELINE_SHARE;
}

/** Whether the baseline had enough of the traffic to be compared with. */
export function isFair({ candidate, baseline }: Traffic): boolean {
  return baseline > 0 && baseline >= MIN_BASELINE_SHARE * (candidate + baseline);
}
