import { isoOrNull, isoTime } from '../iso-time.js';
import type { StatusBase } from '../rollout/status.js';
import { statusBaseOf } from '../rollout/status-of.js';
import { LINE_VERBS } from './commands.js';
import type { Freeze } from './freeze.js';
import { scopeWords, type Scope } from './scope.js';
import type { EndedStop, Left, LineState, LineStop, MixedService } from './state.js';

/** One stop, for people and programs. */
export interface LineStopStatus {
  readonly id: string;
  readonly scope: Scope;
  readonly reason: string | null;
  readonly by: string | null;
  readonly commandId: string | null;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Since when nothing in scope is in flight, ISO 8601 UTC; `null` while something is. Starts are refused all the time. */
  readonly inForceSince: string | null;
  /** How many configured services are in scope; `null`: nobody has looked yet. */
  readonly services: number | null;
  /** Rollouts that go back now. */
  readonly inFlight: readonly string[];
  /** Services that are not stopped yet, and why: retried until they are. */
  readonly left: readonly Left[];
  /** Services whose traffic is split, and that no rollout can bring back: a person has to. */
  readonly mixed: readonly MixedService[];
  /** Names of the scope that stand for no service. */
  readonly unmatched: readonly string[];
}

/** A stop that is over. */
export interface EndedStopStatus {
  readonly id: string;
  readonly scope: Scope;
  readonly reason: string | null;
  readonly by: string | null;
  readonly commandId: string | null;
  readonly how: EndedStop['how'];
  readonly why: string | null;
  /** ISO 8601 UTC. */
  readonly endedAt: string;
  readonly endedBy: string | null;
}

/** What the query `status` of the workflow answers with. */
export interface LineStatus extends StatusBase {
  readonly stops: readonly LineStopStatus[];
  readonly ended: readonly EndedStopStatus[];
}

export function statusOfLine(state: LineState, nowMs: number): LineStatus {
  const isStopping = state.stops.some(({ inForceSinceMs }) => inForceSinceMs === null);
  const phase = isStopping ? 'rollingBack' : 'held';
  const base = statusBaseOf(state, { phase, moved: true, reason: reasonOf(state) }, nowMs);
  const needsHuman = [...(base.needsHuman === null ? [] : [base.needsHuman]), ...state.stops.flatMap(callsFor)];
  return {
    ...base,
    needsHuman: needsHuman.length === 0 ? null : needsHuman.join('; and '),
    takes: Object.keys(LINE_VERBS),
    stops: state.stops.map(statusOfStop),
    ended: state.ended.map(statusOfEnded),
  };
}

/** What refuses starts, for the memo. */
export function freezeOf({ stops }: Pick<LineState, 'stops'>): Freeze {
  return stops.map(({ id, scope, reason, by, commandId, atMs, inForceSinceMs }) => ({
    id,
    scope,
    reason,
    by,
    at: isoTime(atMs),
    inForceSince: isoOrNull(inForceSinceMs),
    commandId,
  }));
}

function statusOfStop({ id, scope, reason, by, commandId, atMs, inForceSinceMs, seen }: LineStop): LineStopStatus {
  return {
    id,
    scope,
    reason,
    by,
    commandId,
    at: isoTime(atMs),
    inForceSince: isoOrNull(inForceSinceMs),
    services: seen?.services ?? null,
    inFlight: seen?.inFlight ?? [],
    left: seen?.left ?? [],
    mixed: seen?.mixed ?? [],
    unmatched: seen?.unmatched ?? [],
  };
}

function statusOfEnded({ id, scope, reason, by, commandId, how, why, endedAtMs, endedBy }: EndedStop): EndedStopStatus {
  return { id, scope, reason, by, commandId, how, why, endedAt: isoTime(endedAtMs), endedBy };
}

function reasonOf({ stops }: LineState): string {
  if (stops.length === 0) return 'nothing is stopped';
  return stops.map(({ id, scope, reason }) => `stop ${id} of ${scopeWords(scope)}${said(reason)}`).join('; ');
}

function said(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`;
}

/** What a person is needed for. */
function callsFor({ seen }: LineStop): readonly string[] {
  if (seen === null) return [];
  const [left] = seen.left;
  const [mixed] = seen.mixed;
  return [
    ...(left === undefined ? [] : [`${left.service} is not stopped yet: ${left.why}${moreOf(seen.left)}`]),
    ...(mixed === undefined
      ? []
      : [`the traffic of ${mixed.service} is split, and no rollout is in flight${moreOf(seen.mixed)}`]),
    ...(seen.unmatched.length === 0 ? [] : [`no service is called ${seen.unmatched.join(', ')}`]),
  ];
}

function moreOf(list: readonly unknown[]): string {
  return list.length > 1 ? `, and ${String(list.length - 1)} more` : '';
}
