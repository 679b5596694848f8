import type { Warning } from '../rollout/warnings.js';
import { beforeTheFirst, type StagesState } from '../stages/state.js';
import type { KnownVersions } from '../traffic/serving/serves.js';
import type { UndoWish } from '../traffic/serving/undo-wish.js';
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
  /** It is to be rolled out also where it serves already. Absent: not. */
  readonly again?: true;
  /** It goes back to what served before. Absent: it brings something new. */
  readonly undo?: UndoWish;
  /** What the preflight has learned about versions. Absent: nothing. */
  readonly known?: KnownVersions;
  /** Why nothing had to be moved. Absent: something had. */
  readonly alreadyServes?: string;
  readonly warnings: readonly Warning[];
}

/** What guards, judges and moves a service's traffic works on, whatever the kind of the rollout. */
export type StagedTrafficState = StagesState & OfService;

/** A rollout that moves a service's traffic, before anybody has looked at the service. */
export function beforeThePreflight<P extends StagedTrafficPlan>({
  plan,
  again,
}: {
  readonly plan: P;
  readonly again?: boolean;
}) {
  return {
    ...beforeTheFirst(plan),
    undos: [],
    ...(again === true ? ({ again: true } as const) : {}),
    roles: null,
    warnings: [],
    fences: [],
  };
}
