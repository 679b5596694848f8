import type { AnalysisState } from '../analysis/analysis.js';
import type { HealthPlan } from '../health/health-plan.js';
import type { Warning } from '../rollout/warnings.js';
import type { StagesEvent } from '../stages/reducer/reduce.js';
import type { TierName } from '../tier.js';
import { nextFence, NO_FENCE } from '../traffic/fence.js';
import type { KnownVersions } from '../traffic/serving/serves.js';
import type { Roles } from '../traffic/weights.js';
import type { StagedTrafficState } from './state.js';

type FenceEvent =
  /** A decision about weights takes its fence before it is carried out. */
  | { readonly type: 'fenceTaken'; readonly atMs: number }
  /** Somebody's greater fence was met: the next decision is greater. */
  | { readonly type: 'fenceMet'; readonly fence: number; readonly atMs: number }
  /** The same weights were written again, and every instance bears this fence now. */
  | { readonly type: 'fenceRenewed'; readonly fence: number; readonly atMs: number };

/** Everything that can happen to a rollout that moves a service's traffic in stages. */
export type StagedTrafficEvent =
  | StagesEvent
  | FenceEvent
  | {
      readonly type: 'preflightPassed';
      readonly roles: Roles;
      readonly warnings: readonly Warning[];
      /** What was learned about versions. Absent: nothing. */
      readonly known?: KnownVersions;
      /** How both backends are probed. Absent: as the plan, or the service, says. */
      readonly health?: HealthPlan;
      /** The version that comes, where the plan names none. */
      readonly version?: string;
      /** An undo of what was broken off: it is not guarded on its way. */
      readonly atOnce?: true;
      /** Why nothing has to be moved: the rollout ends with that. Absent: something has. */
      readonly alreadyServes?: string;
      readonly analysis?: AnalysisState | null;
      /** What the instances of the data plane bear, each once. Absent: no fence. */
      readonly fences?: readonly number[];
      /** The tier of the installation. Absent: any. */
      readonly tier?: TierName;
      readonly atMs: number;
    }
  | {
      readonly type: 'preflightFailed';
      readonly reason: string;
      readonly evidence?: unknown;
      readonly warnings?: readonly Warning[];
      readonly known?: KnownVersions;
      readonly atMs: number;
    }
  | {
      readonly type: 'weightsApplied';
      /** What was read back. Absent: what is wanted. */
      readonly sharePercent?: number;
      /** What was read back beside it. Absent: what there was. */
      readonly fence?: number;
      readonly atMs: number;
    };

/** What becomes of the fences that instances may bear. */
export function reduceFences<S extends StagedTrafficState>(state: S, event: FenceEvent): S {
  switch (event.type) {
    case 'fenceTaken':
      return { ...state, fences: [...state.fences, nextFence(Math.max(NO_FENCE, ...state.fences))] };
    case 'fenceMet':
      return { ...state, fences: [...state.fences, event.fence] };
    case 'fenceRenewed':
      return { ...state, fences: fencesFrom(state, event.fence) };
  }
}

/** What instances may bear once all of them have borne `fence`: it, and what was decided after it. */
export function fencesFrom({ fences }: Pick<StagedTrafficState, 'fences'>, fence: number): readonly number[] {
  return [fence, ...fences.filter((one) => one > fence)];
}
