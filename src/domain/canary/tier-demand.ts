import { CANARY } from '../search-attributes.js';
import { guardedPlan } from '../stages/guarded-plan.js';
import type { AskedOfTier } from '../tier.js';
import type { CanaryInput } from './canary-input.js';

/** What a canary asks of the tier of its installation. An undo is in every tier. */
export function tierDemand({ plan, undo }: Pick<CanaryInput, 'plan' | 'undo'>): AskedOfTier | null {
  if (undo !== undefined) return null;
  const { analysis, rollbackPolicy } = guardedPlan(plan);
  return { strategy: CANARY, checks: analysis.checks, policy: rollbackPolicy !== undefined };
}
