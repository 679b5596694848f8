import { isObject, object } from '../reading/combinators.js';
import { read } from '../reading/reader.js';
import { commonRefusal } from './common-refusal.js';
import { because, isStop, commandedStop, type Command, type Commanded, type PauseCommand } from './commands.js';
import type { Life } from './life.js';
import { pauseOf, refusalOfPause, refusalOfResume } from './pause.js';
import { COMMON_FIELDS, PAUSE_FIELDS } from './read-command.js';
import type { Refusal } from './refusal.js';
import { stopFor } from './stopping.js';
import { takeCommand, type CommandRules } from './take-command.js';

/** What a rollout of any kind takes, and what each verb does. */
export const COMMON_VERBS = {
  pause: 'Stop the clock. {"durationMinutes":30,"reason":"…","by":"…"}',
  resume: 'Let the clock run again. {"reason":"…","by":"…"}',
  abort: 'Stop and undo. {"reason":"…","by":"…"}',
  emergencyStop: 'Stop at once, before anything else. {"reason":"…","by":"…"}',
} as const;

const readCommon = object<Command>(COMMON_FIELDS);
const readPause = object<PauseCommand>({ ...COMMON_FIELDS, ...PAUSE_FIELDS });

/** Reads what a person typed, field by field: one that makes no sense is left out. */
export function readCommonCommand(verb: string, input: unknown): Command {
  return read(verb === 'pause' ? readPause : readCommon, isObject(input) ? input : {}).value ?? {};
}

export function refusalOfCommon(state: Life, verb: string, command: Command): Refusal | null {
  const refusal = commonRefusal(state, verb, command);
  if (refusal !== null || isStop(verb)) return refusal;
  return verb === 'pause' ? refusalOfPause(state, command) : refusalOfResume(state);
}

/** The verbs that a rollout takes as it stands. */
export function commonVerbsTaken(state: Life): string[] {
  return Object.keys(COMMON_VERBS).filter((verb) => refusalOfCommon(state, verb, {}) === null);
}

/** What a kind does with its clock. */
export interface Clocked<S extends Life> {
  readonly stopClock: (state: S, atMs: number) => S;
  readonly startClock: (state: S, atMs: number) => S;
}

/** Takes a command of a kind that has no other verbs, or records why it was ignored. */
export function takeCommonCommand<S extends Life>(state: S, commanded: Commanded, clocked: Clocked<S>): S {
  const rules: CommandRules<S, Commanded> = {
    refusalOf: (before, { verb, command }) => refusalOfCommon(before, verb, command),
    sentenceOf: (_, { verb, command }) => `${SENTENCES[verb] ?? verb}${because(command)}`,
    take: (before, { verb, command, atMs }) => {
      if (isStop(verb)) return stopFor(before, commandedStop(verb, command, atMs));
      return verb === 'pause'
        ? { ...clocked.stopClock(before, atMs), pause: pauseOf(command, atMs) }
        : clocked.startClock({ ...before, pause: null, hold: null }, atMs);
    },
  };
  return takeCommand(state, commanded, rules);
}

const SENTENCES: Readonly<Record<string, string>> = {
  pause: 'Paused',
  resume: 'Resumed',
  abort: 'Abort',
  emergencyStop: 'Emergency stop',
};
