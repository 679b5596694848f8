import { absoluteBounds } from '../../analysis/kinds.js';
import type { Check, ThresholdCheck } from '../../analysis/plan.js';
import type { TrafficSample } from '../../analysis/sample.js';

/** How often the other controllers look: the default of their examples and documentation. */
export const PEER_INTERVAL_MS = 60_000;

/** What a controller makes of its newest interval. */
export type PeerDecision = 'goOn' | 'stay' | 'rollBack';

/** One rollout under the rules of another controller. */
export interface PeerRun {
  /** @param candidate what the candidate did in the interval that ends at `endMs` */
  look(candidate: TrafficSample, startMs: number, endMs: number): PeerDecision;
}

/** The rules of another controller, by which the same traffic can be judged. */
export interface PeerRules {
  readonly name: string;
  begin(): PeerRun;
}

/** The absolute bounds of `checks` as thresholds on every measurement: what the rules of others can express. */
export function thresholdsOf(checks: readonly Check[]): readonly ThresholdCheck[] {
  return checks.flatMap((check): readonly ThresholdCheck[] => {
    const bounds = absoluteBounds(check);
    if (bounds === null) return [];
    const { metric, max, min } = bounds;
    return [
      { kind: 'threshold', metric, ...(max === undefined ? {} : { max }), ...(min === undefined ? {} : { min }) },
    ];
  });
}
