import { setTimeout as sleep } from 'node:timers/promises';
import { shareOf } from '../../domain/traffic/weights.js';
import type { Entrance } from '../gateway/plane.js';

/** How the share of one backend went, as the data plane itself tells. */
export interface WeightsWatch {
  /** The newest share, 0–100; `null` before the first look. */
  readonly percent: () => number | null;
  /** Epoch milliseconds of the last change to 0, after the share had been above it; `null` when there was none. */
  readonly backAtZeroMs: () => number | null;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 10;

/** Looks at a service's weights every 10 ms, so that the moment of a change is known to about that. */
export function watchWeights(entrance: Entrance, service: string, backend: string): WeightsWatch {
  let percent: number | null = null;
  let backAtZeroMs: number | null = null;
  const stopping = new AbortController();

  async function look(): Promise<void> {
    const now = shareOf(await entrance.readWeights(service), backend);
    if (now === 0 && percent !== null && percent > 0) backAtZeroMs = Date.now();
    percent = now;
  }

  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch(() => undefined);
      await sleep(LOOK_EVERY_MS);
    }
  })();

  return {
    percent: () => percent,
    backAtZeroMs: () => backAtZeroMs,
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
