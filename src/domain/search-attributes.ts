import type { RolloutStatus } from './rollout/status.js';

/** What Headgate registers in a namespace, and the type of each. All are set at start, so a namespace without them refuses the start. */
export const SEARCH_ATTRIBUTES = {
  HeadgateService: 'KEYWORD',
  HeadgateRolloutId: 'KEYWORD',
  HeadgateRequestId: 'KEYWORD',
  HeadgateStrategy: 'KEYWORD',
  HeadgatePhase: 'KEYWORD',
  HeadgateVerdict: 'KEYWORD',
  /** Of a release that several services are part of; empty until there are any. */
  HeadgateReleaseId: 'KEYWORD',
  HeadgateStage: 'INT',
  HeadgateTrafficPercent: 'DOUBLE',
  HeadgateNeedsHuman: 'BOOL',
} as const;

/** What `HeadgateStrategy` says of a canary. */
export const CANARY = 'canary';

/** The attributes that change while a rollout runs. */
export interface LiveAttributes {
  /** Never changes; a rollout that was started by hand has to be found like any other. */
  readonly HeadgateService: string;
  readonly HeadgateStrategy: string;
  readonly HeadgateRolloutId: string;
  readonly HeadgatePhase: string;
  readonly HeadgateVerdict: string;
  readonly HeadgateStage: number;
  readonly HeadgateTrafficPercent: number;
  readonly HeadgateNeedsHuman: boolean;
}

export function liveAttributesOf(status: RolloutStatus): LiveAttributes {
  return {
    HeadgateService: status.service,
    HeadgateStrategy: CANARY,
    HeadgateRolloutId: status.id,
    HeadgatePhase: status.phase,
    HeadgateVerdict: status.verdict ?? 'none',
    HeadgateStage: status.currentStage,
    HeadgateTrafficPercent: status.trafficPercentage,
    HeadgateNeedsHuman: status.needsHuman !== null,
  };
}
