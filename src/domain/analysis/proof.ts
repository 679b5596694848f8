import type { JoinedCheck } from './analysis.js';
import { needWords, PURPOSE_OF_PROOF, timeFor } from './need.js';
import type { StageCounts } from './stage-counts.js';

/** How far a check is from proof of health. */
export interface ProofProgress {
  readonly proven: boolean;
  /** About how many more of the candidate's requests it takes if things go on as they are; `null` when it never comes. */
  readonly requests: number | null;
  /** How long that is at the present rate, milliseconds; `null` when nobody can say. */
  readonly afterMs: number | null;
  /** The same in words, to stand after the check's name; `null` when health is proven. */
  readonly missing: string | null;
}

const PROVEN: ProofProgress = { proven: true, requests: 0, afterMs: 0, missing: null };

/** `null` where a check cannot prove anything: fixed bounds, and comparisons that are suspended. */
export function proofOf(check: JoinedCheck, stage: StageCounts): ProofProgress | null {
  const requests = check.engine.requestsToProve(check, stage);
  if (requests === null) return null;
  if (requests === 0) return PROVEN;
  return {
    proven: false,
    requests: Number.isFinite(requests) ? Math.ceil(requests) : null,
    afterMs: timeFor(requests, stage),
    missing: needWords(requests, stage, PURPOSE_OF_PROOF),
  };
}
