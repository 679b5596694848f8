import type { BaselineState, Compared } from '../check-state.js';
import type { CompiledBaseline } from '../compiled-plan.js';
import { NO_SCATTER } from '../evidence/scatter.js';
import { carryWeighed, freshWeighed } from '../evidence/weighed.js';
import type { Histogram } from '../histogram.js';
import { freshMemory, withoutTrouble } from '../memory.js';
import type { AnalysisPlan } from '../plan.js';
import { readHistory } from '../reading.js';
import { boundsFrom, referenceWith, scatterWith } from './learning.js';

const NOTHING_COMPARED: Compared = { requests: 0, bad: 0, baselineRequests: 0, baselineBad: 0 };
const NO_TRAFFIC = { candidate: 0, baseline: 0 };

export function beginBaseline(compiled: CompiledBaseline, { dispersion }: AnalysisPlan): BaselineState {
  const history = typeof dispersion === 'object' ? readHistory(dispersion.fromBaseline) : [];
  let scatter = NO_SCATTER;
  let reference: Histogram | null = null;
  for (const counts of history) {
    scatter = scatterWith(compiled, scatter, counts, boundsFrom(compiled, reference));
    reference = referenceWith(compiled, reference, counts);
  }
  return {
    ...freshMemory(compiled.key),
    engine: 'baseline',
    weighed: freshWeighed(scatter),
    compared: NOTHING_COMPARED,
    doubted: NOTHING_COMPARED,
    traffic: NO_TRAFFIC,
    suspended: false,
    bounds: null,
    reference,
  };
}

export function carryBaseline(state: BaselineState): BaselineState {
  return {
    ...withoutTrouble(state),
    weighed: carryWeighed(state.weighed),
    compared: NOTHING_COMPARED,
    doubted: NOTHING_COMPARED,
    traffic: NO_TRAFFIC,
    suspended: false,
  };
}
