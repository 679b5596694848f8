import type { AnalysisPlan } from '../../src/domain/analysis/plan.js';
import type { AnalysisInterval } from '../../src/domain/analysis/sample.js';
import { planVerdict, beginAnalysis, observe } from '../../src/domain/analysis/step-by-step.js';

const LOOK_MS = 10_000;

/** What one look sees. */
export type Seen = Pick<AnalysisInterval, 'candidate' | 'baseline'>;

/** After how many looks `plan` fails; `null` when it does not within `looks`. */
export function failsAfter(plan: AnalysisPlan, looks: number, at: (index: number) => Seen): number | null {
  let state = beginAnalysis(plan);
  for (let index = 0; index < looks; index += 1) {
    state = observe(plan, state, { startMs: index * LOOK_MS, endMs: (index + 1) * LOOK_MS, ...at(index) });
    if (planVerdict(plan, state) === 'failed') return index + 1;
  }
  return null;
}
