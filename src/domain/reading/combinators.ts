import { formatCount } from '../analysis/format.js';
import type { Problem } from '../errors.js';
import { cut, lengthOf, oneLine, printable } from '../text.js';
import { fieldPath, shown, wrongKind } from './problems.js';
import { UNREADABLE, type Notes, type Reader } from './reader.js';

export interface TextRules {
  /** In characters. */
  readonly max: number;
  /** What to do about a longer one. */
  readonly remedy?: string;
  /** A longer one can be used when it is cut. @default true */
  readonly cuts?: boolean;
}

/** A text of at most `max` characters. A longer one is a problem, and cut. */
export function text({ max, remedy, cuts = true }: TextRules): Reader<string> {
  return (given, path, notes) => {
    if (typeof given !== 'string') return refuse(notes, wrongKind(path, 'a text', given));
    const clean = printable(given);
    if (clean !== given)
      notes.problem({
        rule: 'text.characters',
        path,
        message: 'This has control characters or half characters',
        expected: 'characters that can be shown',
        got: shown(given),
      });
    const length = lengthOf(clean);
    if (length <= max) return clean;
    notes.problem({
      rule: 'text.long',
      path,
      message: 'This is too long',
      expected: `at most ${formatCount(max)} characters`,
      got: `${formatCount(length)} characters`,
      remedy: remedy ?? 'Shorten it',
    });
    return cuts ? cut(clean, max) : UNREADABLE;
  };
}

/** The same on one line, however many it was written on. */
export function line(rules: TextRules): Reader<string> {
  return mapped(text(rules), oneLine);
}

export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
  /** The rule that names a problem, where one of the domain's own covers it. */
  readonly rule?: string;
}

/** A finite number within the range. */
export function number({ min, max, integer = false, rule = 'input.kind' }: NumberRange = {}): Reader<number> {
  const words = [
    integer ? 'a whole number' : 'a number',
    ...(min === undefined ? [] : [`of at least ${formatCount(min)}`]),
    ...(max === undefined ? [] : [`${min === undefined ? 'of' : 'and'} at most ${formatCount(max)}`]),
  ];
  const expected = words.join(' ');
  return (given, path, notes) => {
    const isWanted =
      typeof given === 'number' &&
      (integer ? Number.isInteger(given) : Number.isFinite(given)) &&
      given >= (min ?? -Infinity) &&
      given <= (max ?? Infinity);
    return isWanted ? given : refuse(notes, { ...wrongKind(path, expected, given), rule });
  };
}

export const flag: Reader<boolean> = (given, path, notes) =>
  typeof given === 'boolean' ? given : refuse(notes, wrongKind(path, 'true or false', given));

/** One of these words. */
export function oneOf<const T extends string>(words: readonly T[]): Reader<T> {
  return (given, path, notes) =>
    words.find((word) => word === given) ?? refuse(notes, wrongKind(path, words.join(' or '), given));
}

export interface ListRules {
  readonly max: number;
  /** What its entries are called: `stages`. */
  readonly of: string;
  /** @default 'list.long' */
  readonly rule?: string;
}

/** A list; one of more than `max` entries is not looked into. */
export function list<T>(entry: Reader<T>, { max, of, rule = 'list.long' }: ListRules): Reader<readonly T[]> {
  return (given, path, notes) => {
    if (!Array.isArray(given)) return refuse(notes, wrongKind(path, 'a list', given));
    if (given.length > max) {
      const expected = `at most ${formatCount(max)}`;
      return refuse(notes, { rule, path, message: `Too many ${of}`, expected, got: formatCount(given.length) });
    }
    const entries = given.map((one: unknown, index) => entry(one, `${path}[${String(index)}]`, notes));
    return entries.includes(UNREADABLE) ? UNREADABLE : (entries as T[]);
  };
}

/** It may be left out. One that makes no sense is left out as well, and is a problem. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (given, path, notes) => {
    if (given === undefined) return undefined;
    const value = reader(given, path, notes);
    return value === UNREADABLE ? undefined : value;
  };
}

/** It may be `null`, which means something. */
export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (given, path, notes) => (given === null ? null : reader(given, path, notes));
}

/** What was read, as something else. */
export function mapped<A, B>(reader: Reader<A>, change: (value: A) => B): Reader<B> {
  return (given, path, notes) => {
    const value = reader(given, path, notes);
    return value === UNREADABLE ? UNREADABLE : change(value);
  };
}

/** How each field is read; one that the type has as optional needs {@link optional}. */
export type Fields<T> = { readonly [Key in keyof T]-?: Reader<T[Key]> };

/** A rule over fields that must have been read before it can be asked. */
export interface Rule<T> {
  readonly about: readonly (keyof T & string)[];
  readonly problems: (value: T, path: string) => readonly Problem[];
}

export interface ObjectRules<T> {
  readonly rules?: readonly Rule<T>[];
  /** An unknown field is a problem, not only named. @default false */
  readonly exact?: boolean;
  /** @default 'an object' */
  readonly expected?: string;
}

/** Only own fields count, so neither `__proto__` nor anything inherited is ever taken for one. */
export function object<T extends object>(
  fields: Fields<T>,
  { rules = [], exact = false, expected = 'an object' }: ObjectRules<T> = {},
): Reader<T> {
  const known = Object.keys(fields) as (keyof T & string)[];
  return (given, path, notes) => {
    if (!isObject(given)) return refuse(notes, wrongKind(path, expected, given));
    const unreadable = new Set<string>();
    const entries = known.flatMap((key) => {
      const value = fields[key](Object.hasOwn(given, key) ? given[key] : undefined, fieldPath(path, key), notes);
      if (value === UNREADABLE) unreadable.add(key);
      return value === UNREADABLE || value === undefined ? [] : [[key, value] as const];
    });
    for (const name of Object.keys(given))
      if (!Object.hasOwn(fields, name)) noteUnknown(notes, path, name, exact && known);
    const value = Object.fromEntries(entries) as T;
    const answerable = rules.filter(({ about }) => !about.some((key) => unreadable.has(key)));
    complain(
      notes,
      answerable.flatMap(({ problems }) => problems(value, path)),
    );
    return unreadable.size === 0 ? value : UNREADABLE;
  };
}

function noteUnknown(notes: Notes, path: string, name: string, known: readonly string[] | false): void {
  const at = fieldPath(path, name);
  if (known === false) notes.unknown(at);
  else
    notes.problem({ rule: 'input.unknown', path: at, message: 'There is no such field', expected: known.join(', ') });
}

/** What a rule says of a place where, or below which, something could not be read only follows from that. */
function complain(notes: Notes, problems: readonly Problem[]): void {
  const unread = notes.problems.map(({ path }) => path);
  const isNews = ({ path }: Problem): boolean => !unread.some((at) => at.startsWith(path));
  problems.filter(isNews).forEach((problem) => notes.problem(problem));
}

/** One of several kinds of object, told apart by the field `kind`. */
export function byKind<T extends { readonly kind: string }>(readers: {
  readonly [Kind in T['kind']]: Reader<Extract<T, { readonly kind: Kind }>>;
}): Reader<T> {
  const kinds = Object.keys(readers) as T['kind'][];
  return (given, path, notes) => {
    if (!isObject(given)) return refuse(notes, wrongKind(path, 'an object', given));
    const kind = oneOf(kinds)(Object.hasOwn(given, 'kind') ? given.kind : undefined, fieldPath(path, 'kind'), notes);
    return kind === UNREADABLE ? UNREADABLE : (readers[kind] as Reader<T>)(given, path, notes);
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(notes: Notes, problem: Problem): typeof UNREADABLE {
  notes.problem(problem);
  return UNREADABLE;
}
