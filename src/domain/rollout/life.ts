import type { Alarms } from './alarms.js';
import type { HooksState } from '../hooks/state.js';
import type { Hold } from './holds.js';
import type { Pause } from './pause.js';
import type { Outcome } from './phase.js';
import { EMPTY_LOG, record, type Log } from './record.js';
import type { Stop } from './stop.js';
import type { Undo } from './undo.js';

/** Who asked for a rollout, and when. */
export interface Request {
  readonly by: string | null;
  readonly id: string | null;
  readonly atMs: number;
}

/**
 * What every rollout remembers, whatever its kind: plain data, carried whole when the workflow continues as new. A kind
 * adds its plan, its steps and what they need.
 */
export interface Life {
  readonly id: string;
  readonly request: Request;
  /** Where the procedure of the kind stands; the last two of every kind are `undoing` and `ended`. */
  readonly step: string;
  readonly pause: Pause | null;
  readonly hold: Hold | null;
  /** The strongest reason to stop so far. Once set it is never taken back. */
  readonly stop: Stop | null;
  /** What a person should know about, although nothing is held for it. */
  readonly alarms: Alarms;
  /** What takes back the steps that were taken, oldest first. */
  readonly undos: readonly Undo[];
  /** What it remembers of its hooks. Absent: the service has none, or nobody knows yet. */
  readonly hooks?: HooksState;
  readonly log: Log;
  /** Commands that were taken, by verb and id. */
  readonly handled: readonly string[];
  readonly outcome: Outcome | null;
  readonly endedAtMs: number | null;
}

/** What starts a rollout of any kind. */
export interface LifeStart {
  readonly id: string;
  readonly requestedBy?: string;
  readonly requestId?: string;
  readonly atMs: number;
}

/** @param what the first line of its history */
export function beginLife(
  { id, requestedBy, requestId, atMs }: LifeStart,
  { what, why }: { readonly what: string; readonly why?: string | undefined },
): Omit<Life, 'step'> {
  const life = {
    id,
    request: { by: requestedBy ?? null, id: requestId ?? null, atMs },
    pause: null,
    hold: null,
    stop: null,
    alarms: {},
    undos: [],
    log: EMPTY_LOG,
    handled: [],
    outcome: null,
    endedAtMs: null,
  };
  return record(life, {
    atMs,
    kind: 'started',
    what,
    ...(requestedBy === undefined ? {} : { by: requestedBy }),
    ...(why === undefined ? {} : { why }),
  });
}

/** The line with its outcome, where it has just got one. */
export function recordOutcome<S extends Life>(before: S, state: S, atMs: number, why: string): S {
  if (state.outcome === null || before.outcome !== null) return state;
  return record(state, { atMs, kind: 'outcome', what: `${state.outcome}: ${state.stop?.reason ?? why}` });
}
