import { isLatencyMetric, slowShare } from '../../criterion.js';
import { REFERENCE_DECAY } from '../../defaults.js';
import { scatterAfter, type Scatter } from '../../evidence/scatter.js';
import { addHistograms, countSlower, histogramTotal, scaleHistogram, type Histogram } from '../../histogram.js';
import type { BaselineCheck } from '../../plan.js';
import { timedRequests, type Counts } from '../../reading.js';
import { boundsFor, type ComparedBounds } from './edges.js';

interface Comparing {
  readonly check: BaselineCheck;
}

/** Where the next interval's latencies are compared; `null` for other metrics, and while too little is known. */
export function boundsFrom({ check }: Comparing, reference: Histogram | null): ComparedBounds | null {
  if (!isLatencyMetric(check.metric) || reference === null) return null;
  return boundsFor(reference, slowShare(check.metric), 1 + check.maxIncrease);
}

/** How the baseline's bad requests scatter, with one more interval; `bounds` come from the intervals before it. */
export function scatterWith(
  { check }: Comparing,
  scatter: Scatter,
  counts: Counts,
  bounds: ComparedBounds | null,
): Scatter {
  if (!isLatencyMetric(check.metric)) return scatterAfter(scatter, counts.requests, counts.errors);
  if (bounds === null || counts.histogram === null) return scatter;
  return scatterAfter(scatter, timedRequests(counts), countSlower(counts.histogram, bounds.baselineMs).possibly);
}

/** The baseline's latencies with one more interval: what lies far back counts less. */
export function referenceWith({ check }: Comparing, reference: Histogram | null, counts: Counts): Histogram | null {
  const { histogram } = counts;
  if (!isLatencyMetric(check.metric) || histogram === null || histogramTotal(histogram) === 0) return reference;
  if (reference === null) return histogram;
  const sum = addHistograms(scaleHistogram(reference, REFERENCE_DECAY), histogram);
  return sum.length > 1 ? sum : histogram;
}
