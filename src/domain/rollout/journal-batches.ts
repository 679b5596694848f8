import type { Happening } from './state.js';

/** What is written in one go, at most: lines, and characters of them. */
const MOST_LINES = 100;
const MOST_CHARACTERS = 100_000;

/** The lines in pieces that fit into one write, in their order. */
export function batchesOf(lines: readonly Happening[]): readonly (readonly Happening[])[] {
  const batches: Happening[][] = [];
  let characters = Infinity;
  for (const line of lines) {
    const length = JSON.stringify(line).length;
    const last = batches.at(-1);
    if (last === undefined || last.length === MOST_LINES || characters + length > MOST_CHARACTERS) {
      batches.push([line]);
      characters = length;
    } else {
      last.push(line);
      characters += length;
    }
  }
  return batches;
}
