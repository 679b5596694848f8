import { MOST_CHECKS } from '../analysis/defaults.js';

/** How many characters a text may have. Longer ones are refused where somebody can be told, else cut. */
export const LONGEST = {
  /** A name for people, of a rollout, a version, a check. */
  name: 200,
  /** A slot of a service, or a metric source. */
  slot: 100,
  /** A URL, or a path. */
  address: 1000,
  query: 4000,
  /** Who asks. */
  by: 200,
  /** Why. */
  reason: 500,
  /** Who asked for a rollout: of a retry with its reason. */
  requestedBy: 1000,
  /** Temporal keeps no longer one for searching. */
  requestId: 200,
  rolloutId: 200,
  /** Of ASCII: five hundred of them are remembered. */
  commandId: 100,
  /** What a program or an adapter says: a reason, an alarm. */
  finding: 1500,
  /** One of many that it says. */
  warning: 500,
} as const;

/** How many entries a list may have. */
export const MOST = {
  checks: MOST_CHECKS,
  endpoints: 20,
  warnings: 20,
  /** Numbers behind a reason. */
  evidence: 100,
} as const;

/** How many bytes of JSON a plan may take: it travels with every activity, and twice when the workflow continues. */
export const MOST_PLAN_BYTES = 49_152;

/** The numbers behind a reason. */
export const MOST_EVIDENCE_BYTES = 24_576;

/** One line of what happened, without who. */
export const MOST_LINE_BYTES = 1200;

/** The same of a line that many others have followed. */
export const MOST_OLD_LINE_BYTES = 240;

/** So many lines are kept at full length. */
export const MOST_FULL_LINES = 50;

/**
 * Events of history after which a workflow continues as new. With fewer it would do nothing else; Temporal ends it at
 * 51,200.
 */
export const HISTORY_LIMIT = { least: 20, most: 40_000 } as const;
