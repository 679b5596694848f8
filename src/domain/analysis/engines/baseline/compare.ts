import { countSlower, type SlowerCount } from '../../histogram.js';
import { timedRequests, type Counts } from '../../reading.js';
import { isLatencyMetric } from '../../criterion.js';
import type { ComparedBounds } from './edges.js';
import type { Compared, CompiledBaseline } from './state.js';

/** Bad requests of both backends in one interval. */
export interface Comparison {
  /** As evidence of harm counts them: only what is bad for certain, compared with all that the baseline may have. */
  readonly forHarm: Compared;
  /** As evidence of health counts them: every doubt against the candidate. */
  readonly forHealth: Compared;
}

/** `null` when latencies cannot be compared yet. */
export function compareCounts(
  { check }: CompiledBaseline,
  candidate: Counts,
  baseline: Counts,
  bounds: ComparedBounds | null,
): Comparison | null {
  if (!isLatencyMetric(check.metric)) {
    const errors: Compared = {
      requests: candidate.requests,
      bad: candidate.errors,
      baselineRequests: baseline.requests,
      baselineBad: baseline.errors,
    };
    return { forHarm: errors, forHealth: errors };
  }
  if (bounds === null) return null;
  const requests = timedRequests(candidate);
  const baselineRequests = timedRequests(baseline);
  const slow = slowerThan(baseline, bounds.baselineMs);
  return {
    forHarm: {
      requests,
      bad: slowerThan(candidate, bounds.candidateMs).surely,
      baselineRequests,
      baselineBad: slow.possibly,
    },
    forHealth: {
      requests,
      bad: slowerThan(candidate, bounds.provenMs).possibly,
      baselineRequests,
      baselineBad: slow.surely,
    },
  };
}

function slowerThan({ histogram }: Counts, boundMs: number): SlowerCount {
  return histogram === null ? { surely: 0, possibly: 0 } : countSlower(histogram, boundMs);
}
