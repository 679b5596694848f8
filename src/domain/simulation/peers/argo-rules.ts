import { observeInterval, startAnalysis } from '../../analysis/analysis.js';
import type { AnalysisPlan, ThresholdCheck } from '../../analysis/plan.js';
import { verdictOf } from '../../analysis/stage-verdict.js';
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
      let analysis = startAnalysis(plan);
      return {
        look(candidate, startMs, endMs) {
          analysis = observeInterval(analysis, { startMs, endMs, candidate });
          return verdictOf(analysis) === 'failed' ? 'rollBack' : 'goOn';
        },
      };
    },
  };
}
