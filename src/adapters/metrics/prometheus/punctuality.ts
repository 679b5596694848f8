import { DUE_AFTER_PERIODS, GONE_AFTER_MS, GONE_AFTER_PERIODS, PERIODS_LOOKED_AT } from './defaults.js';

/** The usual time between two scrapes; `null` where there are not two. */
export function scrapePeriodOf(scrapes: readonly number[]): number | null {
  const newest = scrapes.slice(-PERIODS_LOOKED_AT - 1);
  const distances = newest.slice(1).map((atMs, index) => atMs - (newest[index] ?? atMs));
  distances.sort((a, b) => a - b);
  return distances[Math.floor((distances.length - 1) / 2)] ?? null;
}

/**
 * Since when a scrape is due that belongs before `edgeMs` and cannot be seen yet; `null` when all can be seen.
 *
 * A scrape becomes visible some time after the moment that it is stamped with, so a question that comes just then would
 * miss it, and the next question would not ask for it any more. A target that stays away is given up: what it counted
 * meanwhile belongs to the scrape with which it comes back.
 */
export function dueSince(scrapes: readonly number[], edgeMs: number, nowMs: number): number | null {
  const last = scrapes.at(-1);
  const periodMs = scrapePeriodOf(scrapes);
  if (last === undefined || periodMs === null || last > edgeMs) return null;
  const dueMs = last + DUE_AFTER_PERIODS * periodMs;
  // Where targets are scraped many times a second, a machine that stands still for one does not make them gone.
  const goneAfterMs = Math.max(GONE_AFTER_PERIODS * periodMs, GONE_AFTER_MS);
  if (dueMs > edgeMs || nowMs - last >= goneAfterMs) return null;
  return dueMs;
}
