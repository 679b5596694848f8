import { spellDuration } from './duration.js';
import type { Problem } from './errors.js';

const DAY_MS = 86_400_000;

/** No time in a plan or a command is longer. Far beyond, neither dates nor timers work. */
export const LONGEST_MS = 365 * DAY_MS;

/** No interval between two looks is longer, and no wait for an answer. */
export const LONGEST_INTERVAL_MS = DAY_MS;

/** A time as timers know it, unless that would make nothing of it: such a one stays as it was written, for the rules to refuse. */
export function wholeMs(ms: number): number {
  const rounded = Math.round(ms);
  return rounded === 0 ? ms : rounded;
}

/** What is wrong with a time that is longer than `mostMs`. */
export function tooLong(path: string, ms: number | undefined, mostMs = LONGEST_MS): Problem[] {
  if (ms === undefined || !(ms > mostMs)) return [];
  return [
    {
      rule: 'duration.long',
      path,
      message: 'No such time may be so long',
      expected: `at most ${spellDuration(mostMs)}`,
      got: 'more',
    },
  ];
}

/** What is wrong with a time that must be longer than nothing, and no longer than `mostMs`. */
export function problemsOfTime(path: string, ms: number, mostMs?: number): Problem[] {
  if (ms > 0 && Math.round(ms) > 0) return tooLong(path, ms, mostMs);
  return [
    {
      rule: 'duration.positive',
      path,
      message: 'A duration must be longer than nothing',
      expected: ms > 0 ? 'at least 1ms' : 'more than 0',
      got: ms > 0 ? `${String(ms)}ms` : ms < 0 ? `-${spellDuration(-ms)}` : ms === 0 ? '0s' : String(ms),
    },
  ];
}
