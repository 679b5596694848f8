import type { RolloutInput } from '../domain/rollout/kinds.js';
import type { PlanDefaults } from './defaults.js';
import type { Flaw } from './reading/flaw.js';

/** What a specification comes to, of whatever kind. */
export type RolloutPlan = RolloutInput['plan'];

/** How rollouts of one kind are written in a file. */
export interface SpecKind<Plan extends RolloutPlan = RolloutPlan> {
  /** What `kind:` says, e.g. `Canary`. */
  readonly name: string;
  /** The kind of rollout that it starts: see `RolloutKind`. */
  readonly strategy: string;
  /** Everything that is wrong with a document, or its plan. */
  read(document: unknown, defaults: PlanDefaults): { readonly plan: Plan | undefined; readonly flaws: readonly Flaw[] };
  /** What was understood, in words, where it could be misread. */
  notesOn(plan: Plan): readonly string[];
  /** What could be better. Never a reason to refuse. */
  adviceOn(plan: Plan): readonly string[];
}
