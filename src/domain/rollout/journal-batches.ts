import { bytesOfJson } from '../text.js';
import type { LogLine } from './log-line.js';

/** What is written in one go, at most: lines, and bytes of them. */
const MOST_LINES = 100;
const MOST_BYTES = 100_000;

/** The lines in pieces that fit into one write, in their order. */
export function batchesOf(lines: readonly LogLine[]): readonly (readonly LogLine[])[] {
  const batches: LogLine[][] = [];
  let bytes = Infinity;
  for (const line of lines) {
    const size = bytesOfJson(line);
    const last = batches.at(-1);
    if (last === undefined || last.length === MOST_LINES || bytes + size > MOST_BYTES) {
      batches.push([line]);
      bytes = size;
    } else {
      last.push(line);
      bytes += size;
    }
  }
  return batches;
}
