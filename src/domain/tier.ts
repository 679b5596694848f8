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

/** Thrown when a strategy is started that the installation's tier does not have. Nothing was started. */
class StrategyNotInTierError extends HeadgateError {
  constructor(strategy: StrategyName, tier: TierName) {
    const having = Object.entries(STRATEGIES_OF_TIER).filter(([, has]: [string, readonly StrategyName[]]) =>
      has.includes(strategy),
    );
    const names = having.map(([name]) => name).join(' or ');
    super('STRATEGY_NOT_IN_TIER', `The tier ${tier} has no ${strategy}`, {
      expected: `the tier ${names}`,
      got: tier,
      remedy: `Set DEPLOYMENT_TIER=${names}`,
      next: ['headgate config show'],
    });
  }
}

/** @throws StrategyNotInTierError */
export function assertStrategyInTier(strategy: StrategyName, tier: TierName): void {
  const has: readonly StrategyName[] = STRATEGIES_OF_TIER[tier];
  if (!has.includes(strategy)) throw new StrategyNotInTierError(strategy, tier);
}
