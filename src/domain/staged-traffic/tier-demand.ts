import { guardedPlan } from '../stages/guarded-plan.js';
import type { AskedOfTier, StrategyName } from '../tier.js';
import type { UndoWish } from '../traffic/serving/undo-wish.js';
import type { StagedTrafficPlan } from './plan.js';

/** What a rollout by this plan asks of the tier of its installation. An undo is in every tier. */
export function tierDemand(
  strategy: StrategyName,
  { plan, undo }: { readonly plan: StagedTrafficPlan; readonly undo?: UndoWish },
): AskedOfTier | null {
  if (undo !== undefined) return null;
  const { analysis, rollbackPolicy } = guardedPlan(plan);
  return { strategy, checks: analysis.checks, policy: rollbackPolicy !== undefined };
}
