import { takeUpLine } from './stop-the-line/line.js';
import type { LineOutcome } from './stop-the-line/line.js';

/**
 * Brings everything in flight back and refuses starts, until the last stop is released. While it runs, the freeze is in its
 * memo: every preflight looks there.
 *
 * Anybody may start it: the input is a first stop, `{"scope":["checkout"],"reason":"…","by":"…"}`.
 */
export async function stopTheLine(given: unknown): Promise<LineOutcome> {
  const line = takeUpLine(given);
  while (line.isStopped) {
    await line.untilReleased();
    await line.keepRecord();
  }
  return line.outcome;
}
