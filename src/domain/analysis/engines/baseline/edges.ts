import { REFERENCE_MIN_REQUESTS, REFERENCE_SHARE_FACTOR } from '../../defaults.js';
import { histogramTotal, type Histogram } from '../../histogram.js';

/**
 * Where latencies are compared: no more of the candidate's requests may be slower than `candidateMs` than of the
 * baseline's are slower than `baselineMs`.
 *
 * Both are edges of buckets, so that counts beyond them are exact, and `candidateMs` is at least the allowed ratio times
 * `baselineMs`: a candidate within the ratio can never look worse for the sake of buckets.
 */
export interface ComparedBounds {
  readonly baselineMs: number;
  readonly candidateMs: number;
  /** At most the allowed ratio times `baselineMs`: what proof of health compares at. */
  readonly provenMs: number;
}

/** Two ratios are the same but for rounding. */
const SAME = 1e-9;

/**
 * The pair of edges that comes nearest to the allowed `ratio`, among edges that roughly `share` of the baseline's earlier
 * requests exceeded; `null` while too little is known, or where buckets end too early.
 */
export function boundsFor(reference: Histogram, share: number, ratio: number): ComparedBounds | null {
  const total = histogramTotal(reference);
  if (total < REFERENCE_MIN_REQUESTS) return null;
  let best: ComparedBounds | null = null;
  let bestDistance = Infinity;
  for (const { leMs, count } of nearShare(reference, total, share)) {
    const bounds = leMs === null ? null : boundsAt(reference, leMs, ratio);
    if (bounds === null) continue;
    const distance = Math.abs(Math.log(Math.max((total - count) / total, share / 1000) / share));
    const gain = best === null ? Infinity : best.candidateMs / best.baselineMs - bounds.candidateMs / bounds.baselineMs;
    if (gain > SAME || (gain >= -SAME && distance < bestDistance)) {
      best = bounds;
      bestDistance = distance;
    }
  }
  return best;
}

/** Edges that a share of requests within the factor exceeds, and in any case the first that at most `share` does. */
function nearShare(reference: Histogram, total: number, share: number): Histogram {
  const least = share / REFERENCE_SHARE_FACTOR;
  const most = share * REFERENCE_SHARE_FACTOR;
  const first = reference.find(({ count }) => total - count <= share * total);
  return reference.filter((bucket) => {
    const beyond = (total - bucket.count) / total;
    return bucket === first || (beyond >= least && beyond <= most);
  });
}

function boundsAt(reference: Histogram, baselineMs: number, ratio: number): ComparedBounds | null {
  const allowedMs = baselineMs * ratio;
  let provenMs = baselineMs;
  for (const { leMs } of reference) {
    if (leMs === null) return null;
    if (leMs >= allowedMs * (1 - SAME)) {
      const exact = leMs <= allowedMs * (1 + SAME);
      return { baselineMs, candidateMs: leMs, provenMs: exact ? leMs : provenMs };
    }
    provenMs = leMs;
  }
  return null;
}
