import { because, type Command, type Commanded } from './commands.js';
import type { Life } from './life.js';
import { record } from './record.js';
import type { Refusal } from './refusal.js';

/** What commands mean to a kind of rollout. */
export interface CommandRules<S extends Life, C extends Commanded> {
  refusalOf(state: S, commanded: C): Refusal | null;
  /** What it does, for the history. */
  sentenceOf(state: S, commanded: C): string;
  take(state: S, commanded: C): S;
}

const REMEMBERED_IDS = 500;

/** Takes a command, or records why it was ignored. A command id that was taken before changes nothing. */
export function takeCommand<S extends Life, C extends Commanded>(state: S, commanded: C, rules: CommandRules<S, C>): S {
  const { command, verb } = commanded;
  if (command.commandId !== undefined && state.handled.includes(command.commandId)) return state;
  const refusal = rules.refusalOf(state, commanded);
  // Not handled: whoever sends it again, as an update, has to be told.
  if (refusal !== null) return note(state, commanded, `${verb} ignored: ${refusal.message}${because(command)}`);
  return rules.take(note(remember(state, command), commanded, rules.sentenceOf(state, commanded)), commanded);
}

function remember<S extends Life>(state: S, { commandId }: Command): S {
  return commandId === undefined ? state : { ...state, handled: [...state.handled, commandId].slice(-REMEMBERED_IDS) };
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
