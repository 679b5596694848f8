import { BURST, fallingMost, LevelsInTurn, movesOf } from './levels.js';
import { LONGEST_GAP_MS } from './defaults.js';
import { scrapePeriodOf } from './punctuality.js';
import type { RawSeries } from './raw-series.js';

/** Counters went down, to more than a process counts by its first scrape. */
export interface Leap {
  readonly beforeMs: number;
  readonly atMs: number;
  /** What they would have counted since, if the process had restarted. */
  readonly gained: number;
  /** What they mostly gain from scrape to scrape. */
  readonly usual: number;
  /** The counter that fell most. */
  readonly counter: RawSeries;
}

/**
 * Where the counters of one process went down, and too far up for a restart: whether another process has answered shows
 * only when the first one is back. While nobody knows what is usual there is none.
 *
 * @param counters all that the process shows
 */
export function leapsIn(counters: readonly RawSeries[]): readonly Leap[] {
  const leaps: Leap[] = [];
  let processes = new LevelsInTurn();
  let level = 0;
  const moves = movesOf(counters);
  const periodMs = scrapePeriodOf(moves.map(({ atMs }) => atMs)) ?? Infinity;
  for (const { beforeMs, atMs, difference, sinceRestart, fell } of moves) {
    if (atMs - beforeMs > LONGEST_GAP_MS) processes = new LevelsInTurn();
    processes.see(level, beforeMs);
    const usual = processes.usualGain;
    // Scrapes that were missed are all in this one.
    const expected = usual * Math.max(1, (atMs - beforeMs) / periodMs);
    const counter = fell && usual > 0 && sinceRestart > BURST * expected ? fallingMost(counters, beforeMs) : undefined;
    if (counter !== undefined) leaps.push({ beforeMs, atMs, gained: sinceRestart, usual, counter });
    level += difference;
    processes.see(level, atMs);
  }
  return leaps;
}
