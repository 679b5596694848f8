import type { Outcome } from '../domain/rollout/phase.js';
import type { Weights } from '../domain/traffic/weights.js';

export type { BlueGreenInput } from '../domain/blue-green/blue-green-input.js';
export type { CanaryInput } from '../domain/canary/canary-input.js';

/** The type of the failure of a workflow that met a fault of Headgate's own: its rollout is undone. */
export const HEADGATE_FAULT = 'HEADGATE_FAULT';

/** Writes what a rollout that has ended could not write to the journal. */
export const KEEP_RECORD = 'keepRecord';

/** Looks at a service where its adapters are: its health, or what it has served. Moves nothing. */
export const LOOK_AT_SERVICE = 'lookAtService';

export type { LookAtServiceInput } from '../domain/traffic/look-at-service.js';

/** Tells hooks what a rollout that has ended could not tell them in time. */
export const KEEP_TELLING = 'keepTelling';

/** What the worker polls for workflows and for what moves traffic. */
export const TASK_QUEUE = 'headgate';

/** What it polls for watches: a queue of its own, so that watches that are full can never delay a rollback. */
export function watchQueueOf(taskQueue: string): string {
  return `${taskQueue}-watch`;
}

/** What it polls for hooks: however many of them hang, they delay neither a watch nor a rollback. */
export function hooksQueueOf(taskQueue: string): string {
  return `${taskQueue}-hooks`;
}

/** The query that answers with a `RolloutStatus`. Signals and updates are named by their verb: see `VERBS`. */
export const STATUS_QUERY = 'status';

/** How a rollout of any kind has ended. One that was stopped has completed. */
export interface OutcomeBase {
  readonly id: string;
  readonly outcome: Outcome;
  readonly reason: string;
  /** What stopped it: `breach`, `abort`, …; `null` when it was promoted. */
  readonly cause: string | null;
  readonly evidence?: unknown;
  /** Whether it has changed what users get, or begun to. `false` with `promoted`: nothing had to be changed. */
  readonly moved: boolean;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** What a rollout that moves traffic returns. */
export interface RolloutOutcome extends OutcomeBase {
  /** The weights that were left, or found to be right; `null` when none were ever set. */
  readonly weights: Weights | null;
}
