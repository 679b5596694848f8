import { formatCount } from '../analysis/format.js';
import { problemWords, type Problem } from '../errors.js';
import { cut, printable } from '../text.js';

/** A message is no place for a whole document. */
const MOST_QUOTED = 60;

/** `text` as it can stand in a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MOST_QUOTED ? `${printable(text.slice(0, MOST_QUOTED))}…` : printable(text));
}

/** What was given, in a few words however large it is. Never looks inside: it may be nested a million times. */
export function shown(given: unknown): string {
  if (given === undefined) return 'nothing';
  if (given === null) return 'null';
  if (typeof given === 'string') return quoted(given);
  if (typeof given === 'number' || typeof given === 'boolean' || typeof given === 'bigint') return String(given);
  if (Array.isArray(given)) return given.length === 0 ? 'an empty list' : `a list of ${formatCount(given.length)}`;
  return typeof given === 'object' ? 'an object' : `a ${typeof given}`;
}

/** What is missing, or is of another kind than it must be. */
export function wrongKind(path: string, expected: string, given: unknown): Problem {
  const message = given === undefined ? 'This is missing' : 'This is of the wrong kind';
  return { rule: 'input.kind', path, message, expected, got: shown(given) };
}

/** The path of a field; its name may be anything that somebody typed. */
export function fieldPath(path: string, name: string): string {
  const field = cut(printable(name), MOST_QUOTED);
  return path === '' ? field : `${path}.${field}`;
}

/** One problem as a sentence that can stand among others: `reason must be a text, got 17`. */
export function problemSentence(problem: Problem): string {
  const { rule, path, expected, got } = problem;
  if (rule === 'input.unknown')
    return `there is no ${path}${expected === undefined ? '' : `; known here: ${expected}`}`;
  if (rule === 'input.kind' && expected !== undefined) return `${path} must be ${expected}, got ${got ?? 'nothing'}`;
  return `${path}: ${problemWords(problem)}`;
}
