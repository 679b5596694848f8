import { because, byWhom, type Commanded } from '../rollout/commands.js';
import { wrongAddress } from '../rollout/common-refusal.js';
import type { RolloutEvent } from '../rollout/events.js';
import { beginLife, type LifeStart } from '../rollout/life.js';
import { decide, journaled } from '../rollout/record.js';
import type { Refusal } from '../rollout/refusal.js';
import { stopFor, alarm } from '../rollout/stopping.js';
import { takeCommand, type CommandRules } from '../rollout/take-command.js';
import { scopeOf, type LineCommand } from './commands.js';
import { isSameScope, scopeWords } from './scope.js';
import { MOST_STOPS, REMEMBERED_ENDS, type EndedStop, type LineState, type LineStop, type Sight } from './state.js';

/** What can happen to it. */
export type LineEvent =
  | RolloutEvent
  /** Everything in scope was looked at; `isDone`: nothing is left to do. */
  | {
      readonly type: 'looked';
      readonly id: string;
      readonly sight: Sight;
      readonly isDone: boolean;
      readonly atMs: number;
    }
  /** Its scope stands for no service. */
  | { readonly type: 'unmatched'; readonly id: string; readonly why: string; readonly atMs: number }
  /** The workflow was cancelled: whoever does that wants it over. */
  | { readonly type: 'cancelled'; readonly atMs: number };

export function beginLine(start: LifeStart): LineState {
  return {
    ...beginLife(start, { what: 'Started to stop the line' }),
    step: 'stopping',
    stops: [],
    ended: [],
    counted: 0,
  };
}

/** The same events in the same order give the same state. Pure. */
export function reduceLine(state: LineState, event: LineEvent): LineState {
  switch (event.type) {
    case 'commanded':
      return takeCommand(state, event, COMMANDS);
    case 'looked':
      return looked(state, event);
    case 'unmatched':
      return decide(
        endStop(state, event.id, { how: 'refused', why: event.why, endedBy: null, endedAtMs: event.atMs }),
        event.atMs,
        `Stop ${event.id} refused: ${event.why}`,
      );
    case 'cancelled':
      return cancelled(state, event.atMs);
    case 'journaled':
      return journaled(state, event.upTo);
    case 'alarmed':
      return alarm(state, event);
    case 'faulted':
      return stopFor(state, { cause: 'fault', reason: event.reason, atMs: event.atMs });
    case 'proceeded':
    case 'undoPlanned':
    case 'undoBegan':
    case 'undoDone':
    case 'undone':
    case 'hooked':
      return state;
  }
}

/** Why a command cannot be taken as it stands. A stop is refused only where nobody can know what it is about. */
export function refusalOfLine(state: LineState, verb: string, command: LineCommand): Refusal<string> | null {
  const refusal = verb === 'release' ? wrongAddress(state, command) : null;
  if (refusal !== null) return refusal;
  if (command.scope === null)
    return {
      code: 'INVALID_COMMAND',
      message:
        'its scope names no service: leave it out for every service, or give a list of names, in which * is allowed',
    };
  if (verb === 'release') {
    const meant = meantBy(state, command);
    return 'code' in meant ? meant : null;
  }
  if (state.stops.length < MOST_STOPS) return null;
  return { code: 'TOO_MANY_STOPS', message: `there are ${String(MOST_STOPS)} stops already: release some first` };
}

const COMMANDS: CommandRules<LineState, Commanded<string, LineCommand>> = {
  refusalOf: (state, { verb, command }) => refusalOfLine(state, verb, command),
  sentenceOf: (state, { verb, command }) => {
    if (verb === 'stop')
      return `Stop ${nextId(state)} of ${scopeWords(scopeOf(command))}${byWhom(command)}${because(command)}`;
    const meant = meantBy(state, command);
    return 'code' in meant
      ? verb
      : `Stop ${meant.id} of ${scopeWords(meant.scope)} released${byWhom(command)}${because(command)}`;
  },
  take: (state, { verb, command, atMs }) => {
    if (verb === 'stop') return withStop(state, command, atMs);
    const meant = meantBy(state, command);
    if ('code' in meant) return state;
    const { by = null, reason = null } = command;
    return endStop(state, meant.id, { how: 'released', why: reason, endedBy: by, endedAtMs: atMs });
  },
};

function withStop(state: LineState, command: LineCommand, atMs: number): LineState {
  const { reason = null, by = null, commandId = null } = command;
  const stop: LineStop = {
    id: nextId(state),
    scope: scopeOf(command),
    reason,
    by,
    commandId,
    atMs,
    inForceSinceMs: null,
    seen: null,
  };
  return { ...state, counted: state.counted + 1, stops: [...state.stops, stop] };
}

/** Short enough to be typed; that it is of this very run keeps a late release from ending a later stop. */
function nextId({ id, counted }: LineState): string {
  return `${String(counted + 1)}-${id.slice(-4)}`;
}

/**
 * Which stop a release ends: one, never several. Stops are counted: of two of the same scope the oldest goes, that of the
 * same person first, and the other still holds.
 */
function meantBy(
  { stops }: Pick<LineState, 'stops'>,
  { id, scope, by }: LineCommand,
): LineStop | Refusal<'NOT_STOPPED' | 'SEVERAL_STOPS'> {
  if (id !== undefined) return stops.find((one) => one.id === id) ?? notStopped(`there is no stop ${id}`);
  const [only, ...others] = stops;
  if (only === undefined) return notStopped('nothing is stopped');
  if ((scope === undefined || scope === null) && others.length === 0) return only;
  const wanted = scopeOf({ scope: scope ?? ['*'] });
  const same = stops.filter((one) => isSameScope(one.scope, wanted));
  const own = same.find((one) => by !== undefined && one.by === by) ?? same[0];
  if (own !== undefined) return own;
  const there = stops.map((one) => `${one.id} (${scopeWords(one.scope)})`).join(', ');
  if (scope !== undefined && scope !== null) return notStopped(`no stop is of ${scopeWords(scope)}; there is ${there}`);
  return { code: 'SEVERAL_STOPS', message: `say which of these stops is released, by its scope or its id: ${there}` };
}

function notStopped(message: string): Refusal<'NOT_STOPPED'> {
  return { code: 'NOT_STOPPED', message };
}

function endStop(
  state: LineState,
  id: string,
  end: Pick<EndedStop, 'how' | 'why' | 'endedBy' | 'endedAtMs'>,
): LineState {
  const stop = state.stops.find((one) => one.id === id);
  if (stop === undefined) return state;
  const { scope, reason, by, commandId, atMs } = stop;
  const ended = { id, scope, reason, by, commandId, atMs, ...end };
  return {
    ...state,
    stops: state.stops.filter((one) => one.id !== id),
    ended: [...state.ended, ended].slice(-REMEMBERED_ENDS),
  };
}

/** Every stop is over; what they have brought back stays where it is. */
function cancelled(state: LineState, atMs: number): LineState {
  const why = 'the workflow was cancelled';
  const end = { how: 'released', why, endedBy: null, endedAtMs: atMs } as const;
  return decide(
    state.stops.reduce((next, { id }) => endStop(next, id, end), state),
    atMs,
    `Every stop is released: ${why}`,
  );
}

function looked(
  state: LineState,
  { id, sight, isDone, atMs }: Extract<LineEvent, { readonly type: 'looked' }>,
): LineState {
  const before = state.stops.find((one) => one.id === id);
  if (before === undefined) return state;
  const inForceSinceMs = before.inForceSinceMs ?? (isDone ? atMs : null);
  const next: LineState = {
    ...state,
    stops: state.stops.map((one) => (one.id === id ? { ...one, seen: sight, inForceSinceMs } : one)),
  };
  const told = recordTrouble(next, before, sight, atMs);
  if (before.inForceSinceMs !== null || inForceSinceMs === null) return told;
  return decide(told, atMs, `Stop ${id} holds: nothing in scope is in flight (${String(sight.services)} services)`);
}

/** What keeps a service from being stopped is recorded when it begins, and when it is over. */
function recordTrouble(state: LineState, before: LineStop, { left }: Sight, atMs: number): LineState {
  const had = before.seen?.left ?? [];
  const isNew = left.filter(({ service }) => !had.some((one) => one.service === service));
  const [first] = isNew;
  if (first === undefined) return state;
  const more = isNew.length > 1 ? `, and ${String(isNew.length - 1)} more` : '';
  return decide(state, atMs, `Stop ${before.id}: ${first.service} is not stopped yet: ${first.why}${more}; retrying`);
}
