import { Pool } from 'undici';
import { VERSION_HEADER } from './checkout-slot.js';
import type { Answer } from './tally.js';

export interface LoadOptions {
  /** Where users' requests go. A loopback address. */
  readonly url: string;
  readonly requestsPerSecond: number;
  /** How many different people there are. */
  readonly users: number;
  /** It ends by itself after so many requests, whatever happens. */
  readonly maxRequests: number;
  /** The cookie by which the data plane tells users apart. */
  readonly cookie: string;
  readonly onAnswer: (answer: Answer) => void;
}

/** Users at work. */
export interface Load {
  /** Resolves when every request under way has been answered or given up. */
  stop(): Promise<void>;
}

const TICK_MS = 10;

/** Where the machine cannot keep up, users are fewer instead of piling up. */
const MOST_IN_FLIGHT = 200;

const PATIENCE_MS = 5000;

/** Sends requests of many users at a steady rate, on connections that are kept, until it is stopped. */
export function startLoad(options: LoadOptions): Load {
  const pool = new Pool(options.url, { connections: 64, keepAliveTimeout: 60_000, headersTimeout: PATIENCE_MS });
  const underWay = new Set<Promise<void>>();
  const startedAtMs = performance.now();
  let sent = 0;

  async function visit(): Promise<void> {
    const user = `user-${String(Math.floor(Math.random() * options.users))}`;
    const sentAtMs = Date.now();
    const begunAtMs = performance.now();
    const { version, failed } = await ask(pool, `${options.cookie}=${user}`);
    options.onAnswer({ version, failed, sentAtMs, latencyMs: performance.now() - begunAtMs });
  }

  const timer = setInterval(() => {
    const due = Math.min(options.maxRequests, ((performance.now() - startedAtMs) / 1000) * options.requestsPerSecond);
    for (; sent < due; sent += 1) {
      // A user who cannot be sent now has gone elsewhere: the rate is steady, the past is not made up for.
      if (underWay.size >= MOST_IN_FLIGHT) continue;
      const visiting = visit().finally(() => underWay.delete(visiting));
      underWay.add(visiting);
    }
    if (sent >= options.maxRequests) clearInterval(timer);
  }, TICK_MS);

  async function end(): Promise<void> {
    clearInterval(timer);
    await Promise.all(underWay);
    await pool.close();
  }
  let ending: Promise<void> | null = null;

  return { stop: () => (ending ??= end()) };
}

async function ask(pool: Pool, cookie: string): Promise<{ readonly version: string | null; readonly failed: boolean }> {
  try {
    const answer = await pool.request({
      method: 'GET',
      path: '/',
      headers: { cookie },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await answer.body.dump();
    const version = answer.headers[VERSION_HEADER];
    return { version: typeof version === 'string' ? version : null, failed: answer.statusCode >= 500 };
  } catch {
    return { version: null, failed: true };
  }
}
