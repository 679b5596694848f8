import { LONGEST_GAP_MS } from './defaults.js';
import { BURST, fallingMost, LevelsInTurn, movesOf, type Move } from './levels.js';
import type { RawSeries } from './raw-series.js';

/** Several processes answered in turn where one should. */
export interface Alternation {
  /** The scrape before a counter went down, and the one at which it was back. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The counter that fell most. */
  readonly counter: RawSeries;
}

/** So much of what would have been counted since a restart was there before: then there was none. */
const KNOWN_BEFORE = 0.5;

/**
 * Where the counters of one process went down and came back to where they had been. No restart does that: a new process
 * counts up from 0, by as much at a scrape as it did before. So what would have been counted since the restart is
 * compared with what was, if several processes answered in turn, each counting on from where it was seen last.
 *
 * A process that restarts within its first few scrapes, and soon comes to as much again, looks like two that alternate.
 *
 * @param counters all that the process shows
 */
export function alternationsIn(counters: readonly RawSeries[]): readonly Alternation[] {
  const all = movesOf(counters);
  const together = returnsIn(all, isUsual).map((found) => ({ ...found, counter: fallingMost(counters, found.fromMs) }));
  // A counter that returns by itself, while the process as a whole did not go down.
  const wentDown = new Set(all.filter(({ difference }) => difference < 0).map(({ beforeMs }) => beforeMs));
  const alone = counters.flatMap((counter) =>
    returnsIn(movesOf([counter]), ({ atMs }) => wentDown.has(atMs)).map((found) => ({ ...found, counter })),
  );
  return [...together, ...alone].flatMap(({ fromMs, untilMs, counter }) =>
    counter === undefined ? [] : [{ fromMs, untilMs, counter }],
  );
}

/** Where counters fell from, and what was counted since then under either explanation. */
interface Fall {
  readonly level: number;
  readonly atMs: number;
  /** What they showed then: what a new process would have counted by its first scrape. */
  readonly first: number;
  sinceRestart: number;
  inTurn: number;
}

/** Where the counters of `moves` fell, and came back to where they had been. */
function returnsIn(moves: readonly Move[], isRestart: IsRestart): readonly Return[] {
  const found: Return[] = [];
  let processes = new LevelsInTurn();
  let falls: Fall[] = [];
  let level = 0;
  for (const { beforeMs, atMs, difference, sinceRestart } of moves) {
    if (atMs - beforeMs > LONGEST_GAP_MS) [processes, falls] = [new LevelsInTurn(), []];
    processes.see(level, beforeMs);
    if (difference < 0) falls.push({ level, atMs: beforeMs, first: sinceRestart, sinceRestart: 0, inTurn: 0 });
    const before = level;
    level += difference;
    const inTurn = processes.see(level, atMs);
    falls = falls.filter((fall) => {
      fall.sinceRestart += sinceRestart;
      fall.inTurn += inTurn;
      const isBack = before < fall.level && fall.level <= level;
      const wasThere = fall.inTurn <= (1 - KNOWN_BEFORE) * fall.sinceRestart;
      if (isBack && wasThere && !isRestart(fall, level - before, processes))
        found.push({ fromMs: fall.atMs, untilMs: atMs });
      return !isBack && atMs - fall.atMs <= LONGEST_GAP_MS;
    });
  }
  return found;
}

interface Return {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Whether what was counted at the first scrape after a fall, and at the one that came back, is usual. */
type IsRestart = (fall: Fall, gained: number, processes: LevelsInTurn) => boolean;

const isUsual: IsRestart = ({ first }, gained, processes) =>
  Math.max(first, gained) <= BURST * Math.max(1, processes.usualGain);
