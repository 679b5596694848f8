import { UNANSWERED_ALPHA, UNANSWERED_INCREASE } from '../defaults.js';
import type { CompiledBaseline } from '../engines/baseline/state.js';
import { harmRatios, healthRatios } from '../evidence/alternatives.js';
import { boundOf } from '../kinds.js';
import { isTrouble, type Counts, type Reading, type Trouble } from '../reading.js';

/** What the finding is called among the checks. */
const UNANSWERED = 'unanswered';

const CHECK = { kind: 'baseline', metric: 'errorRate', maxIncrease: UNANSWERED_INCREASE } as const;

/**
 * How unanswered requests are compared: as a check against the baseline compares failures, with every unanswered request
 * for a failure. Users give up on both backends alike, so what they give up on alone is the candidate's doing.
 */
export const COMPARISON: CompiledBaseline = {
  key: UNANSWERED,
  name: UNANSWERED,
  unit: 'fraction',
  bound: boundOf(CHECK),
  metric: CHECK.metric,
  comparesWithBaseline: true,
  event: 'were not answered',
  check: CHECK,
  ratio: 1 + UNANSWERED_INCREASE,
  alpha: UNANSWERED_ALPHA,
  dispersion: null,
  needsProof: false,
  harm: harmRatios(1 + UNANSWERED_INCREASE),
  health: healthRatios(1 + UNANSWERED_INCREASE),
};

/** The reading with every unanswered request for a failure. */
export function asFailures(reading: Reading): Reading {
  return { ...reading, candidate: failuresIn(reading.candidate), baseline: failuresIn(reading.baseline) };
}

function failuresIn(counts: Counts | Trouble): Counts | Trouble {
  if (isTrouble(counts)) return counts;
  const { requests, unanswered = 0 } = counts;
  return { requests: requests + unanswered, errors: unanswered, histogram: null, histogramTrouble: null };
}
