import type { AnalysisPlan } from '../domain/analysis/plan.js';
import type { RolloutKind } from '../domain/rollout/kinds.js';
import type { SimulationSetup } from '../domain/simulation/simulate.js';
import type { Asked } from '../inspection/inspect.js';
import type { RolloutPlan, SpecKind } from '../spec/spec-kind.js';
import type { TextView } from './result.js';

/** What the files and the plans of a kind of rollouts mean to the commands. */
export interface FileKind<Plan extends RolloutPlan = RolloutPlan> {
  readonly spec: SpecKind<Plan>;
  /** What a plan would do, as a person would tell it. */
  linesOf(plan: Plan, view: TextView): readonly string[];
  /** What a look at its service is about. Absent: nothing is looked at. */
  askedBy?(plan: Plan): Asked;
  /** What its stages are judged by. Absent: nothing is judged, so nothing can be judged anew. */
  analysisOf?(plan: Plan): AnalysisPlan;
  /** The same plan, for a service whose weights are mixed: this backend is the baseline. Absent: it moves no weights. */
  adopting?(plan: Plan, baseline: string): Plan;
  /** The parts of a plan that can be simulated, with its rules. Absent: it cannot be. */
  simulated?(plan: Plan): Pick<SimulationSetup, 'plan' | 'rules'> & { readonly notes: readonly string[] };
}

/** A kind of rollouts that the command line is given. */
export interface CommandKind {
  readonly rollout: RolloutKind;
  /** Loaded when a command asks for it. Absent: it is started from programs alone. */
  readonly files?: () => Promise<FileKind>;
}
