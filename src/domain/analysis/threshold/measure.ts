import type { Gathered } from '../check-state.js';
import type { CompiledThreshold } from '../compiled-plan.js';
import { measureNumber, measureProportion, type Measured } from '../measure.js';
import type { ThresholdCheck } from '../plan.js';
import type { Counts } from '../reading.js';

/** One measurement of a counted metric over the time that `gathered` covers. */
export function measureCounts(
  { criteria }: CompiledThreshold,
  check: ThresholdCheck,
  counts: Counts,
  { startMs, endMs }: Gathered,
): Measured {
  if (check.metric === 'requestRate') return measureNumber(check, (counts.requests * 1000) / (endMs - startMs));
  return measureProportion(check.metric, criteria, counts);
}
