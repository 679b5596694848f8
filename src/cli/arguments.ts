import type { Awaited } from '../client/wait-for-rollout.js';
import { readDuration } from '../spec/units/duration.js';
import { percentIn } from '../spec/units/share.js';
import { UsageError } from './errors.js';

/** Reads what was typed after an option. */
export type ReadArgument<Value> = (text: string) => Value;

/** `30m` in milliseconds, more than 0. */
export function duration(option: string): ReadArgument<number> {
  return (text) => {
    const read = readDuration(text);
    if ('refused' in read) {
      const { message, expected, remedy } = read.refused;
      throw new UsageError(`${option}: ${message}`, { expected, got: text, remedy });
    }
    if (Math.round(read.value) > 0) return read.value;
    throw new UsageError(`${option} must be more than 0`, { expected: 'a time such as 30m', got: text });
  };
}

/** `10%` as 10; a bare number is refused, for it could be a fraction. */
export function percent(option: string): ReadArgument<number> {
  return (text) => {
    const value = percentIn(text);
    if (value !== undefined && value >= 0 && value <= 100) return value;
    throw new UsageError(`${option} is a share of the traffic`, { expected: 'a percentage such as 10%', got: text });
  };
}

/** `1.5`: so many times something, more than 0. */
export function times(option: string): ReadArgument<number> {
  return (text) => {
    if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
    throw new UsageError(`${option} is a number of times`, { expected: 'a number such as 1.5', got: text });
  };
}

/** A whole number from `least` on. */
export function count(option: string, least: number): ReadArgument<number> {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
    throw new UsageError(`${option} is a count`, { expected: `a whole number from ${String(least)} on`, got: text });
  };
}

/** One of `words`. */
export function choice<const Word extends string>(option: string, words: readonly Word[]): ReadArgument<Word> {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    throw new UsageError(`${option} does not know "${text}"`, { expected: `one of ${words.join(', ')}`, got: text });
  };
}

const AWAITED = /^(?:promoted|approval|stage:[1-9]\d*)$/;

/** What `--wait` and `--for` take. */
export function awaited(option: string): ReadArgument<Awaited> {
  return (text) => {
    if (text === 'promoted' || text === 'approval') return text;
    if (AWAITED.test(text)) return { stage: Number(text.slice('stage:'.length)) };
    throw new UsageError(`${option} cannot wait for "${text}"`, {
      expected: 'promoted, approval or stage:N',
      got: text,
    });
  };
}

/** The commands of which `--wait` may name what is awaited. */
const WAITING: readonly string[] = ['start', 'retry', 'undo'];

/**
 * Makes a bare `--wait` say what it waits for, so that it never swallows the word that follows:
 * `start --wait checkout.yaml` and `start checkout.yaml --wait` are the same.
 */
export function withWaitSpelledOut(argv: readonly string[], commands: readonly string[]): readonly string[] {
  const command = argv.find((word) => commands.includes(word));
  if (command === undefined || !WAITING.includes(command)) return argv;
  return argv.map((word, index) =>
    word === '--wait' && !AWAITED.test(argv[index + 1] ?? '') ? '--wait=promoted' : word,
  );
}

/** `blue=100`. */
export function weight(text: string): { readonly backend: string; readonly percent: number } {
  const [, backend, number] = /^([^=]+)=(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
  if (backend !== undefined && number !== undefined) return { backend, percent: Number(number) };
  throw new UsageError('This is not a weight', { expected: 'BACKEND=PERCENT such as blue=100', got: text });
}
