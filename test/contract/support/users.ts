import { Pool } from 'undici';
import type { DataPlane } from './data-plane.js';
import { SERVED_BY } from './backends.js';

export interface Visit {
  readonly status: number;
  /** The slot that answered; `null` when the data plane answered itself. */
  readonly servedBy: string | null;
  readonly latencyMs: number;
  readonly setCookie: string | null;
  readonly body: string;
}

export interface VisitOptions {
  /** `null` says nothing about who asks. */
  readonly user: string | null;
  readonly instance?: number;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly body?: string;
}

/** Users in front of a data plane, on connections that they keep. */
export interface Users {
  visit(options: VisitOptions): Promise<Visit>;
  /** Many visits, `concurrency` at a time; answers in order. */
  visitAll(visits: readonly VisitOptions[], concurrency?: number): Promise<readonly Visit[]>;
  /** Connections that ended although nobody asked them to. */
  readonly lostConnections: () => number;
  close(): Promise<void>;
}

const CONNECTIONS_PER_INSTANCE = 32;

export function createUsers(plane: Pick<DataPlane, 'trafficUrls' | 'identify'>): Users {
  let lost = 0;
  let closing = false;
  const pools = plane.trafficUrls.map((url) => {
    const pool = new Pool(url, { connections: CONNECTIONS_PER_INSTANCE, keepAliveTimeout: 60_000 });
    pool.on('disconnect', () => {
      if (!closing) lost += 1;
    });
    return pool;
  });

  async function visit({ user, instance = 0, path = '/', headers, body }: VisitOptions): Promise<Visit> {
    const pool = pools[instance];
    if (pool === undefined) throw new Error(`there is no instance ${String(instance)}`);
    const startedAtMs = performance.now();
    const answer = await pool.request({
      method: body === undefined ? 'GET' : 'POST',
      path,
      headers: { ...(user !== null && plane.identify(user)), ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await answer.body.text();
    const cookie = answer.headers['set-cookie'];
    const servedBy = answer.headers[SERVED_BY];
    return {
      status: answer.statusCode,
      servedBy: typeof servedBy === 'string' ? servedBy : null,
      latencyMs: performance.now() - startedAtMs,
      setCookie: (Array.isArray(cookie) ? cookie[0] : cookie) ?? null,
      body: text,
    };
  }

  return {
    visit,
    async visitAll(visits, concurrency = CONNECTIONS_PER_INSTANCE) {
      const results = new Array<Visit>(visits.length);
      const queue = visits.entries();
      const walk = async (): Promise<void> => {
        for (const [index, options] of queue) results[index] = await visit(options);
      };
      await Promise.all(Array.from({ length: concurrency }, walk));
      return results;
    },
    lostConnections: () => lost,
    async close() {
      closing = true;
      await Promise.all(pools.map((pool) => pool.destroy()));
    },
  };
}
