import { Pool } from 'undici';

/** Users who come at a steady rate until they are stopped, at most so many requests in all. */
export interface SteadyLoad {
  readonly counts: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

const TICK_MS = 20;
const MOST_REQUESTS = 50_000;

export function startLoad(url: string, requestsPerSecond: number, cookie: string): SteadyLoad {
  const pool = new Pool(url, { connections: 32 });
  const counts = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const startedAtMs = performance.now();
  let sent = 0;
  const one = async (user: number): Promise<void> => {
    try {
      const { body, statusCode } = await pool.request({
        path: '/',
        method: 'GET',
        headers: { cookie: `${cookie}=user-${String(user)}` },
      });
      const key = `${await body.text()} ${String(statusCode)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    } catch (error) {
      const key = error instanceof Error ? error.name : 'error';
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  };
  const timer = setInterval(() => {
    const due = Math.min(MOST_REQUESTS, ((performance.now() - startedAtMs) * requestsPerSecond) / 1000);
    for (; sent < due; sent += 1) {
      const request = one(sent % 997);
      underWay.add(request);
      void request.finally(() => underWay.delete(request));
    }
  }, TICK_MS);
  return {
    counts,
    async stop() {
      clearInterval(timer);
      await Promise.allSettled(underWay);
      await pool.destroy();
    },
  };
}
