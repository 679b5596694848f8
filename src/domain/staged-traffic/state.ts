import type { StagesState } from '../stages/state.js';
import type { Roles } from '../traffic/weights.js';
import type { StagedTrafficPlan } from './plan.js';
import type { WeightsUndo } from './weights-undo.js';

/** What a rollout that moves a service's traffic in stages remembers beside its stages. */
interface OfService {
  readonly plan: StagedTrafficPlan;
  readonly undos: readonly WeightsUndo[];
  /** Known after the preflight. */
  readonly roles: Roles | null;
  /**
   * The fences that instances may bear by what this rollout has read or decided, oldest first: those that stand beside the
   * share that was read back last, and those of decisions since, which may have reached some instances. See `fence.ts`.
   */
  readonly fences: readonly number[];
}

/** What guards, judges and moves a service's traffic works on, whatever the kind of the rollout. */
export type StagedTrafficState = StagesState & OfService;
