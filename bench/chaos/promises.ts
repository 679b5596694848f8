/**
 * What the oracle takes for a promise. Everything in milliseconds unless the name says otherwise; what a busy machine adds
 * is known from the time that the witness loses.
 */

/** What one process loses, each of the several does through which a command or a verdict passes. */
export const LAG_FACTOR = 5;

export const MONITORING_INTERVAL_MS = 1000;

/** The longest interval that a command of a schedule asks for. */
export const LONGEST_INTERVAL_MS = 2000;

/** The share of requests that may fail. */
export const ERROR_BOUND = 0.2;

export const MIN_REQUESTS = 5;

/** How long a verdict may stay unknown. */
export const DEADLINE_MS = 15_000;

/** A backend that fails at least so many of its requests is plainly bad. */
export const PLAINLY_BAD_SHARE = 0.6;

/**
 * So many failures that users met make any interval that holds most of them a failed one, whatever was well in it
 * before: at a share of 60 % that is a third of a second's requests of a service's users.
 */
export const ENOUGH_FAILURES = 12;

/** From the edge of the interval that shows it until the data plane reads 0 %, on a busy machine. */
export const UNDO_ALLOWANCE_MS = 2000;

/** A write that could not be made is made again at the latest so much later. */
export const RETRY_MS = 2500;

/** A rollout that is undone and can reach Temporal has closed by then: also when its record has to wait. */
export const LET_GO_MS = 25_000;

/** After every fault was lifted, an abort ends a rollout by then. */
export const ABORT_ENDS_MS = 30_000;

/** A workflow task is tried again when a worker dies with it in hand; more often than this it fails by itself. */
export const MOST_TASK_ATTEMPTS = 4;

/** Nothing changes and nobody is told why for so long, beyond what a stage lasts: it is jammed. */
export const JAMMED_AFTER_MS = 20_000;

/** A stage may be without a guard so long before people are told: a dead worker's heartbeat, and then the quiet phase. */
export const UNGUARDED_MS = 40_000;

/** An undo that fails for so long calls a person. */
export const UNDO_FAILS_MS = 20_000;

/** For so long after a fault it may still be the reason for a call. */
export const EXPLAINS_MS = 40_000;

export const MOST_EVENTS = 4000;

/** What a rollout may add to its history. */
export const EVENTS = { base: 200, perStage: 60, perCommand: 15, perSecond: 4 } as const;

/** A worker that grows by more over the second half of a run does so without end. */
export const MOST_GROWTH_MIB = 120;

/**
 * Temporal gives what a worker held when it died to another one after 10 s; then it is done. The same for a worker that
 * was cut off, and after Temporal itself was away.
 */
export const BACK_MS = 12_000;
