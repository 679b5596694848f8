import type { BlueGreenPlan } from '../../domain/blue-green/plan.js';
import { guardedPlan } from '../../domain/stages/guarded-plan.js';
import { preflightPlanOf } from '../../domain/staged-traffic/guard-plan-of.js';
import { blueGreenSpec } from '../../spec/blue-green/blue-green-spec.js';
import type { FileKind } from '../kind.js';
import { planLines } from './plan-text.js';

export const blueGreenFiles: FileKind<BlueGreenPlan> = {
  spec: blueGreenSpec,
  linesOf: planLines,
  // The idle environment is brought up by the rollout: it need not be there yet.
  askedBy: (plan) => ({ ...preflightPlanOf(plan), candidateComesLater: true }),
  analysisOf: (plan) => guardedPlan(plan).analysis,
  adopting: (plan, adopt) => ({ ...plan, adopt }),
};
