import { expect, test } from 'vitest';
import { assertStrategyInTier, STRATEGIES_OF_TIER, type StrategyName, type TierName } from '../../src/domain/tier.js';

const STRATEGIES: readonly StrategyName[] = ['canary', 'blue-green', 'ab-test', 'feature-flag'];

function allowed(tier: TierName): StrategyName[] {
  return STRATEGIES.filter((strategy) => {
    try {
      assertStrategyInTier(strategy, tier);
      return true;
    } catch {
      return false;
    }
  });
}

test('each tier has its strategies, and no other [K-02]', () => {
  expect(allowed('personal')).toEqual([]);
  expect(allowed('professional')).toEqual(['blue-green', 'feature-flag']);
  expect(allowed('enterprise')).toEqual(STRATEGIES);
});

test('a refusal names the tiers that would do, or where to change the table when none would [K-02]', () => {
  expect(() => assertStrategyInTier('canary', 'professional')).toThrow(
    expect.objectContaining({
      code: 'STRATEGY_NOT_IN_TIER',
      expected: 'the tier enterprise',
      remedy: 'Set DEPLOYMENT_TIER=enterprise',
    }) as Error,
  );
  const table = { ...STRATEGIES_OF_TIER, enterprise: [], professional: [] };
  expect(() => assertStrategyInTier('canary', 'enterprise', table)).toThrow(
    expect.objectContaining({ remedy: 'Add canary to enterprise under tiers: in headgate.yaml' }) as Error,
  );
  expect(() => assertStrategyInTier('canary', 'personal', { ...table, personal: ['canary'] })).not.toThrow();
});
