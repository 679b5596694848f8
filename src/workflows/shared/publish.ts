import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { Published } from '../../domain/rollout/rules.js';
import type { Attributes } from '../../domain/search-attributes.js';

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
  private shown: Partial<Attributes> = {};
  private left = new Set<string>();

  constructor(
    private readonly show: () => Published,
    private readonly details: () => string,
  ) {}

  /** Publishes what has changed since the last time. */
  publish(): void {
    const { attributes, memo } = this.show();
    setCurrentDetails(this.details());
    const pairs = changedPairs(this.shown, attributes);
    if (pairs.length > 0) upsertSearchAttributes(pairs);
    this.shown = attributes;
    this.leave(memo);
  }

  /** Leaves in the memo each part that is known by now, once: no part of it changes any more. */
  private leave(memo: Readonly<Record<string, unknown>>): void {
    const fresh = Object.entries(memo).filter(([key, value]) => value !== null && !this.left.has(key));
    if (fresh.length === 0) return;
    for (const [key] of fresh) this.left.add(key);
    upsertMemo(Object.fromEntries(fresh));
  }
}

function changedPairs(before: Partial<Attributes>, now: Attributes): SearchAttributeUpdatePair[] {
  const { HeadgateVerdict: verdict, HeadgateStage: stage, HeadgateTrafficPercent: percent } = now;
  const pairs: SearchAttributeUpdatePair[] = [
    { key: KEYS.HeadgateService, value: now.HeadgateService },
    { key: KEYS.HeadgateStrategy, value: now.HeadgateStrategy },
    { key: KEYS.HeadgateRolloutId, value: now.HeadgateRolloutId },
    { key: KEYS.HeadgatePhase, value: now.HeadgatePhase },
    ...(verdict === undefined ? [] : [{ key: KEYS.HeadgateVerdict, value: verdict }]),
    ...(stage === undefined ? [] : [{ key: KEYS.HeadgateStage, value: stage }]),
    ...(percent === undefined ? [] : [{ key: KEYS.HeadgateTrafficPercent, value: percent }]),
    { key: KEYS.HeadgateNeedsHuman, value: now.HeadgateNeedsHuman },
  ];
  return pairs.filter(({ key, value }) => (before as Record<string, unknown>)[key.name] !== value);
}
