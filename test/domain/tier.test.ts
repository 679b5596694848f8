import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/domain/analysis/plan.js';
import {
  assertMonitoringInTier,
  assertStrategyInTier,
  STRATEGIES_OF_TIER,
  type AskedMonitoring,
  type StrategyName,
  type TierName,
} from '../../src/domain/tier.js';

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

const fixed: Check = { kind: 'threshold', metric: 'errorRate', max: 0.01 };
const sequential: Check = { kind: 'sequential', metric: 'latencyP99', max: 500 };
const compared: Check = { kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 };

function refused(asked: Partial<AskedMonitoring>, tier: 'personal' | 'professional' | 'enterprise'): string | null {
  try {
    assertMonitoringInTier({ checks: [], policy: false, ...asked }, tier);
    return null;
  } catch (error) {
    return String(error);
  }
}

describe('monitoring by tier', () => {
  test('every tier has health probes, which are no check [K-03]', () => {
    expect(refused({}, 'personal')).toBeNull();
  });

  test('basic has no criteria and no rollback policy; enhanced has both [K-03]', () => {
    expect(refused({ checks: [fixed] }, 'personal')).toMatch(/personal has basic monitoring.*the criterion errorRate/);
    expect(refused({ policy: true }, 'personal')).toMatch(/a rollback policy/);
    expect(refused({ checks: [fixed], policy: true }, 'professional')).toBeNull();
  });

  test('enhanced has no comparison and no sequential tests; comprehensive has both [K-03]', () => {
    expect(refused({ checks: [fixed, sequential, compared] }, 'professional')).toMatch(
      /professional has enhanced monitoring.*the sequential test of latencyP99, the comparison errorRate vs baseline$/,
    );
    expect(refused({ checks: [fixed, sequential, compared], policy: true }, 'enterprise')).toBeNull();
  });

  test('the refusal says which tier has it, and what to do instead [K-03]', () => {
    const attempt = () => assertMonitoringInTier({ checks: [sequential], policy: false }, 'professional');
    expect(attempt).toThrow(
      expect.objectContaining({
        code: 'MONITORING_NOT_IN_TIER',
        expected: 'the tier enterprise',
        remedy: expect.stringMatching(/^Set DEPLOYMENT_TIER=enterprise, or judge single measurements/) as string,
      }),
    );
    expect(() => assertMonitoringInTier({ checks: [fixed], policy: false }, 'personal')).toThrow(
      expect.objectContaining({ expected: 'the tier professional or enterprise' }),
    );
  });
});
