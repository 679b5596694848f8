import type { CanaryPlan } from '../domain/rollout/plan.js';
import type { RolloutState } from '../domain/rollout/state.js';
import type { Outcome } from '../domain/rollout/phase.js';
import type { Weights } from '../domain/rollout/weights.js';

/** The workflow's type name, as people type it. */
export const CANARY_ROLLOUT = 'canaryRollout';

/** Writes what a rollout that has ended could not write to the journal. */
export const KEEP_RECORD = 'keepRecord';

/** What the worker polls for workflows and for what moves traffic. */
export const TASK_QUEUE = 'headgate';

/** What it polls for watches: a queue of its own, so that watches that are full can never delay a rollback. */
export function watchQueueOf(taskQueue: string): string {
  return `${taskQueue}-watch`;
}

/** The query that answers with a `RolloutStatus`. Signals and updates are named by their verb: see `VERBS`. */
export const STATUS_QUERY = 'status';

/** What starts `canaryRollout`. Plain data, no secrets. */
export interface CanaryInput {
  readonly plan: CanaryPlan;
  /** Who asked for it, as they claim. */
  readonly requestedBy?: string;
  /** The CI run's id: the same one attaches instead of starting again. */
  readonly requestId?: string;
  /** Continue-as-new threshold in history events. Default 4,000. */
  readonly historyLimit?: number;
  /** Set by the workflow itself when it continues as new. */
  readonly carried?: RolloutState;
}

/** What `canaryRollout` returns. A rollout that was stopped has completed. */
export interface RolloutOutcome {
  readonly id: string;
  readonly outcome: Outcome;
  readonly reason: string;
  /** What stopped it: `breach`, `abort`, …; `null` when it was promoted. */
  readonly cause: string | null;
  readonly evidence?: unknown;
  /** The weights that were left; `null` when none were ever set. */
  readonly weights: Weights | null;
  /** ISO 8601 UTC. */
  readonly at: string;
}
