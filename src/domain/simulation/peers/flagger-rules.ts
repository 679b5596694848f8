import { observeInterval, startAnalysis } from '../../analysis/analysis.js';
import { breachIn } from '../../analysis/breach.js';
import type { AnalysisPlan, ThresholdCheck } from '../../analysis/plan.js';
import type { PeerRules } from './peer-rules.js';

/**
 * Flagger: a failed check keeps the canary where it is and is counted, for the whole rollout; once `threshold` are
 * counted, the next look rolls back without checking anything. A metric without values has failed.
 * (`advanceCanary` in fluxcd/flagger, pkg/controller/scheduler.go.)
 */
export function flaggerRules(thresholds: readonly ThresholdCheck[], threshold: number): PeerRules {
  const plan: AnalysisPlan = { checks: thresholds };
  return {
    name: `Flagger, threshold ${String(threshold)}`,
    begin() {
      let failedChecks = 0;
      return {
        look(candidate, startMs, endMs) {
          if (failedChecks >= threshold) return 'rollBack';
          const fails =
            candidate.requests === 0 ||
            breachIn(observeInterval(startAnalysis(plan), { startMs, endMs, candidate })) !== null;
          if (!fails) return 'goOn';
          failedChecks += 1;
          return 'stay';
        },
      };
    },
  };
}
