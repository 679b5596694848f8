import { because, type Command, type Commanded } from './commands.js';
import type { Life } from './life.js';
import { record } from './record.js';
import type { Refusal } from './refusal.js';

/** What commands mean to a kind of rollout. */
export interface CommandRules<S extends Life, C extends Commanded> {
  refusalOf(state: S, commanded: C): Refusal<string> | null;
  /** What it does, for the history. */
  sentenceOf(state: S, commanded: C): string;
  take(state: S, commanded: C): S;
}

const REMEMBERED_IDS = 500;

/** Takes a command, or records why it was ignored. One that was taken before changes nothing. */
export function takeCommand<S extends Life, C extends Commanded>(state: S, commanded: C, rules: CommandRules<S, C>): S {
  const { command, verb } = commanded;
  if (isHandled(state, verb, command)) return state;
  const refusal = rules.refusalOf(state, commanded);
  // Not handled: whoever sends it again, as an update, has to be told.
  if (refusal !== null) return note(state, commanded, `${verb} ignored: ${refusal.message}${because(command)}`);
  return rules.take(note(remember(state, verb, command), commanded, rules.sentenceOf(state, commanded)), commanded);
}

/** Whether this very command was taken before. The same id with another verb is another command. */
export function isHandled({ handled }: Pick<Life, 'handled'>, verb: string, { commandId }: Command): boolean {
  return commandId !== undefined && handled.includes(handledKey(verb, commandId));
}

function remember<S extends Life>(state: S, verb: string, { commandId }: Command): S {
  if (commandId === undefined) return state;
  return { ...state, handled: [...state.handled, handledKey(verb, commandId)].slice(-REMEMBERED_IDS) };
}

function handledKey(verb: string, commandId: string): string {
  return `${verb} ${commandId}`;
}

function note<S extends Life>(
  state: S,
  { command, verb, atMs, channel, ordinal, runId = '' }: Commanded,
  what: string,
): S {
  return record(state, {
    atMs,
    kind: 'command',
    what,
    message: { channel, name: verb, ordinal, runId },
    ...(command.by === undefined ? {} : { by: command.by }),
    ...(command.reason === undefined ? {} : { why: command.reason }),
  });
}
