import type { PassingWarning } from '../rollout/warnings.js';
import type { StagesStatus } from '../stages/status.js';
import type { CheckPicture } from '../traffic/picture.js';
import type { Serves } from '../traffic/serving/serves.js';
import type { Roles, Weights } from '../traffic/weights.js';

/** Where a rollout stands: one shape for the query, the client, the CLI and the journal. */
export interface RolloutStatus extends StagesStatus {
  /** What its kind is called. Absent: a canary. */
  readonly strategy?: string;
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
