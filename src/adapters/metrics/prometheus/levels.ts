import { LONGEST_GAP_MS } from './defaults.js';
import type { RawSeries } from './raw-series.js';

/** A process that has just started counts at most so many times as much from scrape to scrape as is usual. */
export const BURST = 3;

/** What the same counters gained from one scrape to the next. */
export interface Move {
  readonly beforeMs: number;
  readonly atMs: number;
  /** Below 0 when they went down, all together. */
  readonly difference: number;
  /** What they would have counted, if each that went down has restarted. */
  readonly sinceRestart: number;
  /** One of them went down. */
  readonly fell: boolean;
}

export function movesOf(counters: readonly RawSeries[]): readonly Move[] {
  const shown = counters.map(({ samples }) => new Map(samples.map(({ atMs, value }) => [atMs, value])));
  const times = [...new Set(shown.flatMap((values) => [...values.keys()]))].sort((a, b) => a - b);
  return times.slice(1).map((atMs, index) => {
    const beforeMs = times[index] ?? atMs;
    let [difference, sinceRestart, fell] = [0, 0, false];
    for (const values of shown) {
      const [before, now] = [values.get(beforeMs), values.get(atMs)];
      if (before === undefined || now === undefined) continue;
      difference += now - before;
      fell ||= now < before;
      sinceRestart += now < before ? now : now - before;
    }
    return { beforeMs, atMs, difference, sinceRestart, fell };
  });
}

/** The levels at which processes that answer in turn were seen last: fewest processes, each only ever rising. */
export class LevelsInTurn {
  private last: { readonly level: number; readonly atMs: number }[] = [];
  private gains: { readonly gain: number; readonly atMs: number }[] = [];

  /** What they mostly gain where they gain anything; 0 when nobody knows. */
  get usualGain(): number {
    const sorted = this.gains.map(({ gain }) => gain).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  /** What the process that shows `level` has counted since it was seen last; nothing when it is a new one. */
  see(level: number, atMs: number): number {
    const recent = this.last.filter((process) => atMs - process.atMs <= LONGEST_GAP_MS);
    const same = recent.reduce<(typeof recent)[number] | null>(
      (best, process) => (process.level <= level && process.level >= (best?.level ?? -Infinity) ? process : best),
      null,
    );
    this.last = [...recent.filter((process) => process !== same), { level, atMs }];
    const gain = same === null ? 0 : level - same.level;
    this.gains = this.gains.filter((known) => atMs - known.atMs <= LONGEST_GAP_MS);
    if (gain > 0) this.gains.push({ gain, atMs });
    return gain;
  }
}

export function fallingMost(counters: readonly RawSeries[], atMs: number): RawSeries | undefined {
  const fallOf = ({ samples }: RawSeries): number => {
    const index = samples.findIndex((sample) => sample.atMs === atMs);
    return (samples[index]?.value ?? 0) - (samples[index + 1]?.value ?? 0);
  };
  return counters.reduce<RawSeries | undefined>(
    (most, counter) => (most === undefined || fallOf(counter) > fallOf(most) ? counter : most),
    undefined,
  );
}
