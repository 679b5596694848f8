import { utf8Bytes } from '../../text.js';
import { boundedLine, boundedStage, shortenOldLine } from '../bounded.js';
import type { Happening, RolloutState, StageRecord } from '../state.js';

/** A status shows the newest; the journal has all. */
export const SHOWN_HAPPENINGS = 100;

/** So many lines wait for a journal that is away, the newest; one more says how many are lost. */
export const MOST_UNWRITTEN = 2000;

/** And so many bytes of text: what waits travels with the rollout when it continues as new. */
const MOST_UNWRITTEN_BYTES = 400_000;

/** Adds a line to what happened. */
export function record(state: RolloutState, line: Omit<Happening, 'number'>): RolloutState {
  const number = state.happeningCount + 1;
  const happenings = shortenOldLine([...state.happenings, { ...boundedLine(line), number }]);
  return { ...state, happeningCount: number, happenings: kept(happenings, number, state.journaledTo) };
}

export function decide(state: RolloutState, atMs: number, what: string): RolloutState {
  return record(state, { atMs, kind: 'decision', what });
}

/** The journal has every line up to this number. */
export function journaled(state: RolloutState, upTo: number): RolloutState {
  const journaledTo = Math.max(state.journaledTo, upTo);
  return { ...state, journaledTo, happenings: kept(state.happenings, state.happeningCount, journaledTo) };
}

/** Notes how the current stage went. */
export function updateStage(state: RolloutState, record: Partial<StageRecord>): RolloutState {
  const change = boundedStage(record);
  return {
    ...state,
    stages: state.stages.map((stage, index) => (index === state.stage - 1 ? { ...stage, ...change } : stage)),
  };
}

/** What is shown, and what has yet to be written. */
function kept(happenings: readonly Happening[], count: number, journaledTo: number): readonly Happening[] {
  const written = happenings.filter(({ number }) => number <= journaledTo && number > count - SHOWN_HAPPENINGS);
  return [...written, ...withoutOverflow(happenings.filter(({ number }) => number > journaledTo))];
}

function withoutOverflow(unwritten: readonly Happening[]): readonly Happening[] {
  const excess = Math.max(unwritten.length - MOST_UNWRITTEN, overflowOf(unwritten));
  const isGapAlone = excess === 1 && unwritten[0]?.lost !== undefined;
  if (excess <= 0 || isGapAlone) return unwritten;
  return [...gapOf(unwritten.slice(0, excess)), ...unwritten.slice(excess)];
}

/** How many of the oldest lines are too much. */
function overflowOf(unwritten: readonly Happening[]): number {
  let bytes = 0;
  for (let index = unwritten.length - 1; index >= 0; index -= 1) {
    const line = unwritten[index];
    bytes += line === undefined ? 0 : textBytesOf(line);
    if (bytes > MOST_UNWRITTEN_BYTES) return Math.min(index + 1, unwritten.length - 1);
  }
  return 0;
}

/** A line never changes, and is weighed again with every other that comes. */
const weighed = new WeakMap<Happening, number>();

function textBytesOf(line: Happening): number {
  const known = weighed.get(line);
  if (known !== undefined) return known;
  const bytes = utf8Bytes(line.what) + utf8Bytes(line.why ?? '') + utf8Bytes(line.by ?? '');
  weighed.set(line, bytes);
  return bytes;
}

/** One line that names what is lost, under the number of the last of it. */
function gapOf(lost: readonly Happening[]): readonly Happening[] {
  const last = lost.at(-1);
  if (last === undefined) return [];
  const lines = lost.reduce((sum, line) => sum + (line.lost ?? 1), 0);
  const what = `${String(lines)} lines are lost: the journal could not be written for too long`;
  return [{ number: last.number, atMs: last.atMs, kind: 'decision', what, lost: lines }];
}
