import { setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { Published } from '../../domain/rollout/rules.js';
import { attributePairs, type Attributes } from '../../domain/search-attributes.js';

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
    const before: Readonly<Record<string, unknown>> = this.shown;
    const pairs = attributePairs(attributes).filter(({ key, value }) => before[key.name] !== value);
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
