import { flag, line, number, text, optional, type Fields } from '../reading/combinators.js';
import { wrongKind } from '../reading/problems.js';
import { UNREADABLE, type Reader } from '../reading/reader.js';
import { LONGEST } from './bounds.js';
import type { Command, PauseCommand } from './commands.js';

/** Programs write `null`, and forms nothing, for what is left out. */
export function typed<T>(reader: Reader<T>): Reader<T | undefined> {
  const given = optional(reader);
  return (value, path, notes) => given(value === null || value === '' ? undefined : value, path, notes);
}

/** People type numbers as text. */
export const typedNumber: Reader<number> = (given, path, notes) => {
  const parsed = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  return number()(typeof parsed === 'number' && !Number.isFinite(parsed) ? given : parsed, path, notes);
};

export const typedFlag: Reader<boolean> = (given, path, notes) =>
  flag(given === 'true' ? true : given === 'false' ? false : given, path, notes);

const ID = /^[\x20-\x7e]*$/;

/** One that is too long is left out: cut, it could be the id of another command, and would count as handled. */
const commandId: Reader<string> = (given, path, notes) => {
  const id = text({ max: LONGEST.commandId, cuts: false })(given, path, notes);
  if (id === UNREADABLE || ID.test(id)) return id;
  notes.problem(wrongKind(path, 'letters, digits and signs of ASCII', given));
  return UNREADABLE;
};

const whyShorter = 'Say it in a sentence, and link what is longer';

/** What every command may carry. */
export const COMMON_FIELDS: Fields<Command> = {
  rolloutId: typed(text({ max: LONGEST.rolloutId })),
  by: typed(line({ max: LONGEST.by })),
  reason: typed(line({ max: LONGEST.reason, remedy: whyShorter })),
  commandId: typed(commandId),
};

export const PAUSE_FIELDS: Fields<Omit<PauseCommand, keyof Command>> = { durationMinutes: typed(typedNumber) };
