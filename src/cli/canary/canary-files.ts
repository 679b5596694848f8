import type { CanaryPlan } from '../../domain/canary/plan.js';
import { CANARY_RULES } from '../../domain/canary/rules.js';
import { simulatable } from '../../domain/simulation/assumptions.js';
import { guardedPlan } from '../../domain/stages/guarded-plan.js';
import { preflightPlanOf } from '../../domain/staged-traffic/guard-plan-of.js';
import { canarySpec } from '../../spec/canary/canary-spec.js';
import type { FileKind } from '../kind.js';
import { planLines } from './plan-text.js';

export const canaryFiles: FileKind<CanaryPlan> = {
  spec: canarySpec,
  linesOf: planLines,
  askedBy: preflightPlanOf,
  analysisOf: (plan) => guardedPlan(plan).analysis,
  adopting: (plan, adopt) => ({ ...plan, adopt }),
  simulated: (plan) => ({ ...simulatable(plan), rules: CANARY_RULES }),
};
