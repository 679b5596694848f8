import type { Problem } from '../errors.js';

/** What a reader returns where there is nothing to go on with. It has said why. */
export const UNREADABLE = Symbol('unreadable');

/** Who is told what is wrong while something is read. */
export interface Notes {
  /** What was said so far. */
  readonly problems: readonly Problem[];
  problem(problem: Problem): void;
  /** A field that nobody here knows: ignored, and named. */
  unknown(path: string): void;
}

/**
 * Reads one value of plain data that may be anything.
 *
 * It never throws. It says everything that is wrong at once, and then returns what can be used all the same: a text that
 * is cut, an object without an optional field that makes no sense. Who wants all or nothing looks at the problems.
 */
export type Reader<T> = (given: unknown, path: string, notes: Notes) => T | typeof UNREADABLE;

/** What was read. `value` is there when something can be used, in spite of the problems. */
export interface Read<T> {
  readonly value?: T;
  readonly problems: readonly Problem[];
  /** The paths of fields that were ignored because nobody here knows them. */
  readonly unknown: readonly string[];
}

/** So many problems help; more would only make a message that nobody reads. */
const MOST_PROBLEMS = 50;

const MOST_UNKNOWN = 20;

/** Reads `given`; `path` is where it stands, empty for what is read as a whole. */
export function read<T>(reader: Reader<T>, given: unknown, path = ''): Read<T> {
  const problems: Problem[] = [];
  const unknown: string[] = [];
  let count = 0;
  const value = reader(given, path, {
    problems,
    problem(problem) {
      count += 1;
      if (problems.length < MOST_PROBLEMS) problems.push(problem);
    },
    unknown(at) {
      if (unknown.length < MOST_UNKNOWN) unknown.push(at);
    },
  });
  if (count > problems.length) problems.push(moreProblems(count - problems.length));
  return { ...(value === UNREADABLE ? {} : { value }), problems, unknown };
}

function moreProblems(count: number): Problem {
  const message = `${String(count)} more ${count === 1 ? 'problem is' : 'problems are'} not listed`;
  return { rule: 'input.more', path: '', message };
}
