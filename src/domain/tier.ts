import { HeadgateError } from './errors.js';

/** How a change can be brought to users. */
export type StrategyName = 'canary' | 'blue-green' | 'ab-test' | 'feature-flag';

/** What each tier of an installation may use. */
export const STRATEGIES_OF_TIER = {
  personal: [],
  professional: ['blue-green', 'feature-flag'],
  enterprise: ['blue-green', 'canary', 'ab-test', 'feature-flag'],
} as const satisfies Readonly<Record<string, readonly StrategyName[]>>;

export type TierName = keyof typeof STRATEGIES_OF_TIER;

/** Which strategies each tier has; an installation may have a table of its own. */
export type TierTable = Readonly<Record<TierName, readonly StrategyName[]>>;

/** Thrown when a strategy is started that the installation's tier does not have. Nothing was started. */
class StrategyNotInTierError extends HeadgateError {
  constructor(strategy: StrategyName, tier: TierName, table: TierTable) {
    const having = Object.entries(table).filter(([, has]) => has.includes(strategy));
    const names = having.map(([name]) => name).join(' or ');
    super('STRATEGY_NOT_IN_TIER', `The tier ${tier} has no ${strategy}`, {
      expected: names === '' ? `a tier that has ${strategy}; by the configuration none has` : `the tier ${names}`,
      got: tier,
      remedy:
        names === '' ? `Add ${strategy} to ${tier} under tiers: in headgate.yaml` : `Set DEPLOYMENT_TIER=${names}`,
      next: ['headgate config show'],
    });
  }
}

/** @throws StrategyNotInTierError */
export function assertStrategyInTier(
  strategy: StrategyName,
  tier: TierName,
  table: TierTable = STRATEGIES_OF_TIER,
): void {
  if (!table[tier].includes(strategy)) throw new StrategyNotInTierError(strategy, tier, table);
}
