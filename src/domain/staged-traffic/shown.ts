import type { Published } from '../rollout/rules.js';
import { commonAttributesOf } from '../search-attributes.js';
import { BASELINE_MEMO, SERVES_MEMO } from '../traffic/serving/memo.js';
import { baselineOf, servesAtEnd } from './left-behind.js';
import type { StagedTrafficState } from './state.js';
import type { RolloutStatus } from './status.js';

/** What Temporal shows of a rollout that moves traffic. */
export function shownOfTraffic(state: StagedTrafficState, status: RolloutStatus, strategy: string): Published {
  return {
    attributes: {
      ...commonAttributesOf(status, strategy),
      HeadgateVerdict: status.verdict ?? 'none',
      HeadgateStage: status.currentStage,
      HeadgateTrafficPercent: status.trafficPercentage,
    },
    // What served before has to be known also of a rollout that somebody terminates.
    memo: { [BASELINE_MEMO]: state.stage === 0 ? null : baselineOf(state), [SERVES_MEMO]: servesAtEnd(state) },
  };
}
