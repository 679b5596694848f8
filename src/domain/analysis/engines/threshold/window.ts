import { WINDOW_PARTS } from '../../defaults.js';
import { addCounts, type Counts } from '../../reading.js';

/** Intervals that one measurement looks at. */
export interface Gathered {
  readonly startMs: number;
  readonly endMs: number;
  readonly candidate: Counts;
  readonly baseline: Counts | null;
}

/** Both as one. */
export function join(a: Gathered, b: Gathered): Gathered {
  return {
    startMs: a.startMs,
    endMs: b.endMs,
    candidate: addCounts(a.candidate, b.candidate),
    baseline: b.baseline === null ? a.baseline : addCounts(a.baseline, b.baseline),
  };
}

/** All of `window` as one; `null` when it is empty. */
export function total(window: readonly Gathered[]): Gathered | null {
  let sum: Gathered | null = null;
  for (const part of window) sum = sum === null ? part : join(sum, part);
  return sum;
}

/** `window` with one more interval, without what is older than `windowMs`; in so few parts that it stays small. */
export function slide(window: readonly Gathered[], next: Gathered, windowMs: number): readonly Gathered[] {
  const fromMs = next.endMs - windowMs;
  const kept = window.filter((part) => part.startMs >= fromMs);
  const newest = kept.at(-1);
  if (newest !== undefined && next.endMs - newest.startMs <= windowMs / WINDOW_PARTS)
    return [...kept.slice(0, -1), join(newest, next)];
  return [...kept, next];
}
