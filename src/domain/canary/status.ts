import { isAboutMoving } from '../rollout/alarms.js';
import { isUnanswered } from '../rollout/status.js';
import type { PassingWarning } from '../rollout/warnings.js';
import type { StagesStatus } from '../stages/status.js';
import type { CheckPicture } from '../traffic/picture.js';
import type { Serves } from '../traffic/serving/serves.js';
import type { Roles, Weights } from '../traffic/weights.js';

/** Where a rollout stands: one shape for the query, the client, the CLI and the journal. */
export interface RolloutStatus extends StagesStatus {
  readonly version: string | null;
  /** Whether it has set weights, or begun to. `false` with `promoted`: the version serves already. */
  readonly moved: boolean;
  /** It goes back to what served before: to which backend, where one was named, and whether at once. Absent: no undo. */
  readonly undo?: { readonly to: string | null; readonly now: boolean };
  readonly roles: Roles | null;
  readonly desired: Weights | null;
  /** As the watch read them last. */
  readonly observed: Weights | null;
  readonly healthScore: number | null;
  readonly checks: readonly CheckPicture[];
  readonly warnings: readonly string[];
  /** The last of the warnings, those that the watch may show to be over: for who puts status and picture together. Absent: none. */
  readonly passing?: readonly PassingWarning[];
  /** What serves everybody since it ended. Absent: it has not ended, or nobody knows. */
  readonly serves?: Serves;
}

/** What is seen of a rollout while nobody looks at it, and nothing of it is remembered. */
export const UNSEEN = {
  roles: null,
  desired: null,
  observed: null,
  healthScore: null,
  verdict: null,
  checks: [],
  stageStartedAt: null,
  stageEndsAt: null,
  pausedRemainingMs: null,
  resumesAt: null,
  deadline: null,
  warnings: [],
  history: [],
} as const satisfies Partial<RolloutStatus>;

/** It has ended, by itself or because its workflow was ended. */
export function isOver(status: RolloutStatus): boolean {
  return status.isComplete || status.endedAt !== null;
}

/** Its workflow was ended past its own rules: nothing was undone. */
export function wasBrokenOff({ endedAt, outcome }: Pick<RolloutStatus, 'endedAt' | 'outcome'>): boolean {
  return endedAt !== null && outcome === null;
}

/**
 * Nothing will come of it without a person: it is held for one, waits for an approval, or traffic does not follow. While no
 * worker answers this cannot be known, and a worker that restarts is no reason to give up.
 */
export function isStuck(status: RolloutStatus): boolean {
  if (status.needsHuman === null || isUnanswered(status)) return false;
  return status.phase === 'held' || status.phase === 'awaitingApproval' || isFailingToMove(status);
}

/** Traffic does not follow: the undo, or the last step, is refused by the data plane again and again. */
export function isFailingToMove({ needsHuman, alarms, phase, stageStartedAt, stages }: RolloutStatus): boolean {
  if (needsHuman === null) return false;
  // A worker of an earlier version names no causes.
  if (alarms !== undefined && !alarms.some(isAboutMoving)) return false;
  const isUnconfirmed = stageStartedAt === null || stages.at(-1)?.endedAt != null;
  return phase === 'rollingBack' || (phase === 'promoting' && isUnconfirmed);
}

/** Whether what a person is needed for is why it stands where it stands: it need not be said twice. */
export function isNeededForReason(status: RolloutStatus): boolean {
  if (status.needsHuman === null) return false;
  if (isUnanswered(status) || wasBrokenOff(status)) return true;
  return status.alarms === undefined && (status.phase === 'held' || status.phase === 'awaitingApproval');
}
