import type { BlueGreenPlan, EnvironmentConfig } from '../../domain/blue-green/plan.js';
import type { ApprovalPlan } from '../../domain/stages/plan.js';
import type { PlainPlan } from '../../domain/staged-traffic/plan-fields.js';
import type { Probing } from '../../domain/health/health-plan.js';
import type { PlanDefaults } from '../defaults.js';
import { definedOnly } from '../defined-only.js';
import type { PlanDraft } from '../staged-traffic/draft.js';

/** What only a switch has, in the domain's units. */
export interface SwitchDraft {
  readonly blue?: EnvironmentConfig | undefined;
  readonly green?: EnvironmentConfig | undefined;
  readonly switchWhen?: BlueGreenPlan['switchWhen'] | undefined;
  readonly begin?: ApprovalPlan | undefined;
  readonly probing?: Probing | undefined;
}

/** A switch is a plan of one stage that has all the traffic. */
export function draftOfSwitch(draft: Omit<PlanDraft, 'stages'>, { blueGreen }: PlanDefaults): PlanDraft {
  return {
    ...draft,
    stages: [{ trafficPercent: 100 }],
    rollbackWindowMs: draft.rollbackWindowMs ?? blueGreen.rollbackWindowMs,
  };
}

/** The defaults as a blue-green rollout has them: its environments are probed as the installation says. */
export function defaultsOfSwitch(defaults: PlanDefaults): PlanDefaults {
  const { intervalMs, successThreshold } = defaults.blueGreen;
  const probing = { intervalMs, successThreshold };
  const healthOf = Object.fromEntries(
    Object.entries(defaults.healthOf).map(([service, health]) => [service, { ...health, ...probing }]),
  );
  return { ...defaults, health: { ...defaults.health, ...probing }, healthOf };
}

export function planOfSwitch(plan: PlainPlan, draft: SwitchDraft): BlueGreenPlan {
  const { blue, green, switchWhen = 'command', begin, probing } = draft;
  const { health } = plan;
  return {
    ...plan,
    ...(health === undefined ? {} : { health: { ...health, ofBaseline: true } }),
    environments: definedOnly({ blue, green }),
    switchWhen,
    ...definedOnly({ begin, probing }),
  };
}
