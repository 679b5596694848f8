import type { AnalysisPlan, ThresholdCheck } from '../../analysis/plan.js';
import { planVerdict } from '../../analysis/stage-verdict.js';
import { beginAnalysis, observe } from '../../analysis/state.js';
import type { PeerRules } from './peer-rules.js';

/**
 * Argo Rollouts: one analysis in the background of the whole rollout; a measurement that is out of bounds has failed, and
 * more failures than `failureLimit` abort it. An interval without requests is not measured.
 */
export function argoRules(thresholds: readonly ThresholdCheck[], failureLimit: number): PeerRules {
  const plan: AnalysisPlan = { checks: thresholds.map((check) => ({ ...check, failureLimit })) };
  return {
    name: `Argo Rollouts, failureLimit ${String(failureLimit)}`,
    begin() {
      let state = beginAnalysis(plan);
      return {
        look(candidate, startMs, endMs) {
          state = observe(plan, state, { startMs, endMs, candidate });
          return planVerdict(plan, state) === 'failed' ? 'rollBack' : 'goOn';
        },
      };
    },
  };
}
