import { isObject, object, text } from '../reading/combinators.js';
import { read } from '../reading/reader.js';
import { LONGEST } from '../rollout/bounds.js';
import type { Command } from '../rollout/commands.js';
import { COMMON_FIELDS, typed } from '../rollout/read-command.js';
import { EVERYTHING, MOST_NAMES, type Scope } from './scope.js';

/** What the workflow takes, and what each verb does. */
export const LINE_VERBS = {
  stop: 'Bring everything in flight back and refuse starts. {"scope":["checkout"],"reason":"…","by":"…"}; no scope: every service',
  release: 'Let starts in again: ends one stop. {"id":"…","scope":["checkout"],"reason":"…","by":"…"}',
} as const;

export interface LineCommand extends Command {
  /** `null`: it cannot be read. Absent: every service. */
  readonly scope?: Scope | null;
  /** Of a release: which stop it ends. Absent: the one of the same scope. */
  readonly id?: string;
}

const readFields = object<Omit<LineCommand, 'scope'>>({
  ...COMMON_FIELDS,
  id: typed(text({ max: LONGEST.commandId })),
});

/** Reads what a person typed; a scope that makes no sense is kept as such: nobody guesses what shall be stopped. */
export function readLineCommand(input: unknown): LineCommand {
  const given = isObject(input) ? input : {};
  const fields = read(readFields, given).value ?? {};
  const scope = readScope(given.scope);
  return scope === undefined ? fields : { ...fields, scope };
}

/** People type one name, several with commas, or a list. */
function readScope(given: unknown): Scope | null | undefined {
  if (given === undefined || given === null) return undefined;
  const names = typeof given === 'string' ? given.split(',') : given;
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return null;
  const scope = [...new Set(names.map((name) => name.trim()))];
  const isReadable = scope.every((name) => name !== '' && name.length <= LONGEST.slot);
  return isReadable && scope.length > 0 && scope.length <= MOST_NAMES ? scope : null;
}

export function scopeOf({ scope }: LineCommand): Scope {
  return scope ?? EVERYTHING;
}
