import { setTimeout as sleep } from 'node:timers/promises';

/** The candidate's share of each route, looked at again and again. */
export interface Shares {
  /** Answers when the share was first seen as wanted, on the clock of `performance.now()`. */
  reached(route: string, percent: number, deadlineMs: number): Promise<number>;
  /** As {@link reached} for many routes, each looked at until it is there, but not before its time has come. */
  allReached(
    routes: readonly string[],
    percent: number,
    deadlineMs: number,
    isDue?: (route: string) => boolean,
  ): Promise<ReadonlyMap<string, number>>;
}

/** Looks once at each route and tells what it saw; since when, where that is not now. */
export type Sweep = (
  routes: readonly string[],
  saw: (route: string, percent: number, sinceMs?: number) => void,
) => Promise<void>;

/** Looking must not take the processor from what is looked at: it rests this long per route that it looks at. */
const REST_PER_ROUTE_MS = 2;
const LONGEST_REST_MS = 50;

export const SWEEP_CONCURRENCY = 2;

export function watchShares(sweep: Sweep): Shares {
  async function allReached(
    routes: readonly string[],
    percent: number,
    deadlineMs: number,
    isDue: (route: string) => boolean = () => true,
  ): Promise<ReadonlyMap<string, number>> {
    const endsAtMs = performance.now() + deadlineMs;
    const reachedAt = new Map<string, number>();
    while (reachedAt.size < routes.length) {
      const missing = routes.filter((route) => !reachedAt.has(route));
      if (performance.now() > endsAtMs)
        throw new Error(
          `waited ${String(deadlineMs)} ms in vain for ${String(missing.length)} of ${String(routes.length)} routes to read ${String(percent)} %, e.g. ${missing.slice(0, 3).join(', ')}`,
        );
      const due = missing.filter(isDue);
      await sweep(due, (route, now, sinceMs = performance.now()) => {
        if (now === percent) reachedAt.set(route, sinceMs);
      });
      await sleep(Math.min(LONGEST_REST_MS, REST_PER_ROUTE_MS * Math.max(1, due.length)));
    }
    return reachedAt;
  }

  return {
    async reached(route, percent, deadlineMs) {
      return (await allReached([route], percent, deadlineMs)).get(route) ?? NaN;
    },
    allReached,
  };
}
