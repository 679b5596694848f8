import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { shareOf, type Weights } from '../../src/domain/rollout/weights.js';
import { inParallel } from '../lib/in-parallel.js';
import { CANDIDATE } from './settings.js';

/** The candidate's share of each route, as the gateway reads it back. */
export interface Shares {
  of(route: string): Promise<number>;
  /** Looks again and again; answers when the share was first seen as wanted, on the clock of `performance.now()`. */
  reached(route: string, percent: number, deadlineMs: number): Promise<number>;
  /** As {@link reached} for many routes, each looked at until it is there. */
  allReached(routes: readonly string[], percent: number, deadlineMs: number): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** Looking must not take the processor from what is looked at: it rests this long per route that it looks at. */
const REST_PER_ROUTE_MS = 2;
const LONGEST_REST_MS = 50;

const SWEEP_CONCURRENCY = 2;

export function watchShares(adminUrl: string): Shares {
  const pool = new Pool(adminUrl, { connections: SWEEP_CONCURRENCY * 2 });

  async function of(route: string): Promise<number> {
    const { body } = await pool.request({ method: 'GET', path: `/routes/${route}/weights` });
    return shareOf(((await body.json()) as { weights: Weights }).weights, CANDIDATE);
  }

  async function allReached(
    routes: readonly string[],
    percent: number,
    deadlineMs: number,
  ): Promise<ReadonlyMap<string, number>> {
    const endsAtMs = performance.now() + deadlineMs;
    const reachedAt = new Map<string, number>();
    while (reachedAt.size < routes.length) {
      const missing = routes.filter((route) => !reachedAt.has(route));
      if (performance.now() > endsAtMs)
        throw new Error(
          `waited ${String(deadlineMs)} ms in vain for ${String(missing.length)} of ${String(routes.length)} routes to read ${String(percent)} %, e.g. ${missing.slice(0, 3).join(', ')}`,
        );
      await inParallel(missing, SWEEP_CONCURRENCY, async (route) => {
        if ((await of(route)) === percent) reachedAt.set(route, performance.now());
      });
      await sleep(Math.min(LONGEST_REST_MS, REST_PER_ROUTE_MS * missing.length));
    }
    return reachedAt;
  }

  return {
    of,
    async reached(route, percent, deadlineMs) {
      return (await allReached([route], percent, deadlineMs)).get(route) ?? NaN;
    },
    allReached,
    close: () => pool.destroy(),
  };
}
