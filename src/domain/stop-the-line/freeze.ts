import { isObject } from '../reading/combinators.js';
import { covers, scopeWords, type Scope } from './scope.js';

/** The type of the workflow. While it runs, and has a stop, starts are refused. */
export const STOP_THE_LINE = 'stopTheLine';

const WORKFLOW_ID = 'stop-the-line';

/** One per environment: the server is the lock. */
export function lineWorkflowId(prefix = ''): string {
  return `${prefix}${WORKFLOW_ID}`;
}

/** Under which key its memo holds the stops that are in force: {@link freezeMemo}. */
export const FREEZE_MEMO = 'freeze';

/** One stop, as it refuses starts. */
export interface FrozenBy {
  readonly id: string;
  readonly scope: Scope;
  readonly reason: string | null;
  readonly by: string | null;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Since when nothing in scope is in flight, ISO 8601 UTC; `null` while something may be. */
  readonly inForceSince: string | null;
  /** Of the command that asked for it: finds it again. */
  readonly commandId: string | null;
}

export type Freeze = readonly FrozenBy[];

/** What the memo holds. In an object: the server takes an empty list for nothing. */
export function freezeMemo(stops: Freeze): { readonly [FREEZE_MEMO]: { readonly stops: Freeze } } {
  return { [FREEZE_MEMO]: { stops } };
}

/** Reads what the memo holds under {@link FREEZE_MEMO}; `null` where it holds nothing, or what is no freeze. */
export function readFreeze(value: unknown): Freeze | null {
  if (!isObject(value) || !Array.isArray(value.stops)) return null;
  return value.stops.every(isFrozenBy) ? value.stops : null;
}

/** The oldest stop that covers the service; `null` where none does. */
export function frozenBy(freeze: Freeze, service: string): FrozenBy | null {
  return freeze.find(({ scope }) => covers(scope, service)) ?? null;
}

/** For people: `stop 1-7f3a of every service by ada since 2026-…: the database is on fire`. */
export function frozenWords({ id, scope, reason, by, at }: FrozenBy): string {
  const who = by === null ? '' : ` by ${by}`;
  return `stop ${id} of ${scopeWords(scope)}${who} since ${at}${reason === null ? '' : `: ${reason}`}`;
}

function isFrozenBy(value: unknown): value is FrozenBy {
  if (!isObject(value)) return false;
  const { id, scope, at } = value;
  return (
    typeof id === 'string' &&
    typeof at === 'string' &&
    Array.isArray(scope) &&
    scope.every((name) => typeof name === 'string') &&
    ['reason', 'by', 'inForceSince', 'commandId'].every((key) => value[key] === null || typeof value[key] === 'string')
  );
}
