import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { detailsOf } from '../../domain/rollout/details.js';
import { baselineOf, servesAtEnd } from '../../domain/rollout/serving/left-behind.js';
import type { RolloutState } from '../../domain/rollout/state.js';
import { statusOf } from '../../domain/rollout/status-of.js';
import { liveAttributesOf, type LiveAttributes } from '../../domain/search-attributes.js';
import { BASELINE_MEMO } from '../../domain/canary/names.js';
import { SERVES_MEMO } from '../messages.js';
import type { Rollout } from './rollout.js';

const KEYS = {
  HeadgateService: defineSearchAttributeKey('HeadgateService', 'KEYWORD'),
  HeadgateStrategy: defineSearchAttributeKey('HeadgateStrategy', 'KEYWORD'),
  HeadgateRolloutId: defineSearchAttributeKey('HeadgateRolloutId', 'KEYWORD'),
  HeadgatePhase: defineSearchAttributeKey('HeadgatePhase', 'KEYWORD'),
  HeadgateVerdict: defineSearchAttributeKey('HeadgateVerdict', 'KEYWORD'),
  HeadgateStage: defineSearchAttributeKey('HeadgateStage', 'INT'),
  HeadgateTrafficPercent: defineSearchAttributeKey('HeadgateTrafficPercent', 'DOUBLE'),
  HeadgateNeedsHuman: defineSearchAttributeKey('HeadgateNeedsHuman', 'BOOL'),
} as const;

/**
 * Shows where the rollout stands: search attributes for lists, details for the person in the Temporal UI, and in its memo
 * what serves, for the rollouts to come.
 */
export class Publisher {
  private shown: Partial<LiveAttributes> = {};
  private left = new Set<string>();

  constructor(private readonly rollout: Rollout) {}

  /** Publishes what has changed since the last time. */
  publish(): void {
    const status = statusOf(this.rollout.state, Date.now());
    setCurrentDetails(detailsOf(status));
    const live = liveAttributesOf(status);
    const pairs = changedPairs(this.shown, live);
    if (pairs.length > 0) upsertSearchAttributes(pairs);
    this.shown = live;
    this.leave(memoOf(this.rollout.state));
  }

  /** Each part once: neither changes any more. */
  private leave(memo: Readonly<Record<string, unknown>>): void {
    const fresh = Object.entries(memo).filter(([key, value]) => value !== null && !this.left.has(key));
    if (fresh.length === 0) return;
    for (const [key] of fresh) this.left.add(key);
    upsertMemo(Object.fromEntries(fresh));
  }
}

/** What served before has to be known also of a rollout that somebody terminates. */
function memoOf(state: RolloutState): Readonly<Record<string, unknown>> {
  return { [BASELINE_MEMO]: state.stage === 0 ? null : baselineOf(state), [SERVES_MEMO]: servesAtEnd(state) };
}

function changedPairs(before: Partial<LiveAttributes>, now: LiveAttributes): SearchAttributeUpdatePair[] {
  const pairs: SearchAttributeUpdatePair[] = [
    { key: KEYS.HeadgateService, value: now.HeadgateService },
    { key: KEYS.HeadgateStrategy, value: now.HeadgateStrategy },
    { key: KEYS.HeadgateRolloutId, value: now.HeadgateRolloutId },
    { key: KEYS.HeadgatePhase, value: now.HeadgatePhase },
    { key: KEYS.HeadgateVerdict, value: now.HeadgateVerdict },
    { key: KEYS.HeadgateStage, value: now.HeadgateStage },
    { key: KEYS.HeadgateTrafficPercent, value: now.HeadgateTrafficPercent },
    { key: KEYS.HeadgateNeedsHuman, value: now.HeadgateNeedsHuman },
  ];
  return pairs.filter(({ key, value }) => (before as Record<string, unknown>)[key.name] !== value);
}
