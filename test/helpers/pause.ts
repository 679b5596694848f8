/** What has just begun is looked at soon again. */
const SHORTEST_PAUSE_MS = 15;
/** Nobody notices this much of a long wait. */
const LONGEST_PAUSE_MS = 150;
/** A look comes at most so much of the wait too late. */
const LATENESS = 0.05;

/**
 * How long to pause before the next look. A look costs processor time, which is taken from what is waited for: the longer
 * a wait, the fewer looks.
 */
export function pauseMsAfter(waitedMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, waitedMs * LATENESS));
}
