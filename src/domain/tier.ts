import { nameOf } from './analysis/kinds.js';
import type { Check } from './analysis/plan.js';
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

/** What an installation has: its tier, and what each tier may use. */
export interface InstalledTier {
  readonly tier: TierName;
  readonly tiers: TierTable;
}

export const DEFAULT_TIER: InstalledTier = { tier: 'enterprise', tiers: STRATEGIES_OF_TIER };

/** How closely rollouts are watched. Each has what the ones before it have. */
export const MONITORING_LEVELS = ['basic', 'enhanced', 'comprehensive'] as const;

export type MonitoringLevel = (typeof MONITORING_LEVELS)[number];

/**
 * `basic` has health probes; `enhanced` criteria and a rollback policy as well; `comprehensive` comparison with the
 * baseline and sequential tests as well. (Notifications come with a later version.)
 */
const MONITORING_OF_TIER: Readonly<Record<TierName, MonitoringLevel>> = {
  personal: 'basic',
  professional: 'enhanced',
  enterprise: 'comprehensive',
};

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

/** What a rollout asks of the tier of its installation. */
export interface AskedOfTier extends AskedMonitoring {
  readonly strategy: StrategyName;
}

/** @throws StrategyNotInTierError, MonitoringNotInTierError */
export function assertInTier({ strategy, ...monitoring }: AskedOfTier, { tier, tiers }: InstalledTier): void {
  assertStrategyInTier(strategy, tier, tiers);
  assertMonitoringInTier(monitoring, tier);
}

/** What a rollout asks of monitoring. */
export interface AskedMonitoring {
  readonly checks: readonly Check[];
  /** Whether it has a rollback policy. */
  readonly policy: boolean;
}

/** One thing that is asked for, and the least level that has it. */
interface Demand {
  readonly what: string;
  readonly level: MonitoringLevel;
  readonly instead: string;
}

/** Thrown when a rollout asks for more monitoring than the installation's tier has. Nothing was started. */
class MonitoringNotInTierError extends HeadgateError {
  constructor(demands: readonly Demand[], tier: TierName) {
    const has = MONITORING_OF_TIER[tier];
    const level = demands.reduce((most, demand) => higherOf(most, demand.level), has);
    const names = tierNames.filter((name) => rankOf(MONITORING_OF_TIER[name]) >= rankOf(level)).join(' or ');
    const instead = [...new Set(demands.map((demand) => demand.instead))].join('; ');
    super(
      'MONITORING_NOT_IN_TIER',
      `The tier ${tier} has ${has} monitoring, which is too little for ${[...new Set(demands.map(({ what }) => what))].join(', ')}`,
      {
        expected: `the tier ${names}`,
        got: tier,
        remedy: `Set DEPLOYMENT_TIER=${names}, or ${instead}`,
        next: ['headgate config show'],
      },
    );
  }
}

/** @throws MonitoringNotInTierError that names every check which asks for too much. */
export function assertMonitoringInTier(asked: AskedMonitoring, tier: TierName): void {
  const refusal = refusalOfMonitoring(asked, tier);
  if (refusal !== null) throw refusal;
}

/** Why a tier has too little monitoring for what is asked; `null` when it has it. */
export function refusalOfMonitoring(asked: AskedMonitoring, tier: TierName): HeadgateError | null {
  const has = rankOf(MONITORING_OF_TIER[tier]);
  const demands = demandsOf(asked).filter(({ level }) => rankOf(level) > has);
  return demands.length === 0 ? null : new MonitoringNotInTierError(demands, tier);
}

function demandsOf({ checks, policy }: AskedMonitoring): readonly Demand[] {
  return [
    ...checks.map(demandOf),
    ...(policy ? [{ what: 'a rollback policy', level: 'enhanced' as const, instead: 'leave it out' }] : []),
  ];
}

function demandOf(check: Check): Demand {
  const name = nameOf(check);
  switch (check.kind) {
    case 'baseline':
      return { what: `the comparison ${name}`, level: 'comprehensive', instead: 'compare with fixed bounds' };
    case 'sequential':
      return {
        what: `the sequential test of ${name}`,
        level: 'comprehensive',
        instead: 'judge single measurements: failureLimit beside the bound, or a window in the policy',
      };
    case 'threshold':
    case 'custom':
      return { what: `the criterion ${name}`, level: 'enhanced', instead: 'guard by health probes alone' };
  }
}

const tierNames = Object.keys(MONITORING_OF_TIER) as TierName[];

function higherOf(a: MonitoringLevel, b: MonitoringLevel): MonitoringLevel {
  return rankOf(a) >= rankOf(b) ? a : b;
}

function rankOf(level: MonitoringLevel): number {
  return MONITORING_LEVELS.indexOf(level);
}
