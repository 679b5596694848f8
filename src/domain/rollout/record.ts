import { utf8Bytes } from '../text.js';
import { boundedLine, shortenOldLine } from './bounded.js';
import type { LogLine } from './log-line.js';

/** A status shows the newest; the journal has all. */
export const SHOWN_LINES = 100;

/** So many lines wait for a journal that is away, the newest; one more says how many are lost. */
export const MOST_UNWRITTEN = 2000;

/** And so many bytes of text: what waits travels with the rollout when it continues as new. */
const MOST_UNWRITTEN_BYTES = 400_000;

/** What happened, as far as it is shown or has yet to be written. */
export interface Log {
  readonly lines: readonly LogLine[];
  /** How many there were in all. */
  readonly count: number;
  /** The journal has every line up to this number. */
  readonly journaledTo: number;
}

interface Logged {
  readonly log: Log;
}

export const EMPTY_LOG: Log = { lines: [], count: 0, journaledTo: 0 };

/** Adds a line to what happened. */
export function record<S extends Logged>(state: S, line: Omit<LogLine, 'number'>): S {
  const { lines, count, journaledTo } = state.log;
  const number = count + 1;
  const longer = shortenOldLine([...lines, { ...boundedLine(line), number }]);
  return { ...state, log: { lines: kept(longer, number, journaledTo), count: number, journaledTo } };
}

export function decide<S extends Logged>(state: S, atMs: number, what: string): S {
  return record(state, { atMs, kind: 'decision', what });
}

/** The journal has every line up to this number. */
export function journaled<S extends Logged>(state: S, upTo: number): S {
  const { lines, count } = state.log;
  const journaledTo = Math.max(state.log.journaledTo, upTo);
  return { ...state, log: { lines: kept(lines, count, journaledTo), count, journaledTo } };
}

/** What the journal does not have yet. */
export function unwritten({ log }: Logged): readonly LogLine[] {
  return log.lines.filter(({ number }) => number > log.journaledTo);
}

/** What is shown, and what has yet to be written. */
function kept(lines: readonly LogLine[], count: number, journaledTo: number): readonly LogLine[] {
  const written = lines.filter(({ number }) => number <= journaledTo && number > count - SHOWN_LINES);
  return [...written, ...withoutOverflow(lines.filter(({ number }) => number > journaledTo))];
}

function withoutOverflow(unwritten: readonly LogLine[]): readonly LogLine[] {
  const excess = Math.max(unwritten.length - MOST_UNWRITTEN, overflowOf(unwritten));
  const isGapAlone = excess === 1 && unwritten[0]?.lost !== undefined;
  if (excess <= 0 || isGapAlone) return unwritten;
  return [...gapOf(unwritten.slice(0, excess)), ...unwritten.slice(excess)];
}

/** How many of the oldest lines are too much. */
function overflowOf(unwritten: readonly LogLine[]): number {
  let bytes = 0;
  for (let index = unwritten.length - 1; index >= 0; index -= 1) {
    const line = unwritten[index];
    bytes += line === undefined ? 0 : textBytesOf(line);
    if (bytes > MOST_UNWRITTEN_BYTES) return Math.min(index + 1, unwritten.length - 1);
  }
  return 0;
}

/** A line never changes, and is weighed again with every other that comes. */
const weighed = new WeakMap<LogLine, number>();

function textBytesOf(line: LogLine): number {
  const known = weighed.get(line);
  if (known !== undefined) return known;
  const bytes = utf8Bytes(line.what) + utf8Bytes(line.why ?? '') + utf8Bytes(line.by ?? '');
  weighed.set(line, bytes);
  return bytes;
}

/** One line that names what is lost, under the number of the last of it. */
function gapOf(lost: readonly LogLine[]): readonly LogLine[] {
  const last = lost.at(-1);
  if (last === undefined) return [];
  const lines = lost.reduce((sum, line) => sum + (line.lost ?? 1), 0);
  const what = `${String(lines)} lines are lost: the journal could not be written for too long`;
  return [{ number: last.number, atMs: last.atMs, kind: 'decision', what, lost: lines }];
}
