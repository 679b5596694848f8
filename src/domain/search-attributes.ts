import type { StatusBase } from './rollout/status.js';

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

/** The attributes that change while a rollout runs; what a kind does not have is absent. */
export interface Attributes {
  /** Never changes; a rollout that was started by hand has to be found like any other. */
  readonly HeadgateService: string;
  readonly HeadgateStrategy: string;
  readonly HeadgateRolloutId: string;
  readonly HeadgatePhase: string;
  readonly HeadgateVerdict?: string;
  readonly HeadgateStage?: number;
  readonly HeadgateTrafficPercent?: number;
  readonly HeadgateNeedsHuman: boolean;
}

/** What every rollout has of them. */
export function commonAttributesOf(
  { id, service, phase, needsHuman }: Pick<StatusBase, 'id' | 'service' | 'phase' | 'needsHuman'>,
  strategy: string,
): Attributes {
  return {
    HeadgateService: service,
    HeadgateStrategy: strategy,
    HeadgateRolloutId: id,
    HeadgatePhase: phase,
    HeadgateNeedsHuman: needsHuman !== null,
  };
}
