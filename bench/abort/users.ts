import { Pool } from 'undici';
import { inParallel } from '../lib/in-parallel.js';
import { hostOf, pathOf } from './settings.js';

/** Two users of every service, one on each side, who come by again and again. */
export interface BenchUsers {
  /** Every service's candidate gets a request now. */
  visitCandidates(): Promise<void>;
  /** When the first request of each service was answered that failed, epoch milliseconds. */
  readonly firstFailures: Map<string, number>;
  stop(): Promise<void>;
}

/** A user on each side while the candidate has its share. */
export interface Sides {
  readonly onCandidate: string;
  readonly onBaseline: string;
}

export type SidesOf = (service: string) => Sides;

/** Visits per monitoring interval, so that each interval has something to measure. */
const VISITS_PER_INTERVAL = 2;

const MOST_IN_FLIGHT = 32;

export function startUsers(
  { trafficUrl, sidesOf }: { readonly trafficUrl: string; readonly sidesOf: SidesOf },
  services: readonly string[],
  monitoringIntervalMs: number,
): BenchUsers {
  const pool = new Pool(trafficUrl, { connections: MOST_IN_FLIGHT });
  const users = services.map((service) => ({ service, ...sidesOf(service) }));
  const everyMs = monitoringIntervalMs / VISITS_PER_INTERVAL;
  const startedAtMs = performance.now();
  const firstFailures = new Map<string, number>();
  let inFlight = 0;
  let turn = 0;

  async function visit(service: string, user: string): Promise<void> {
    inFlight += 1;
    try {
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: pathOf(service),
        headers: { host: hostOf(service), 'x-user': user },
      });
      await body.dump();
      if (statusCode >= 500 && !firstFailures.has(service)) firstFailures.set(service, Date.now());
    } finally {
      inFlight -= 1;
    }
  }

  // Spread evenly, so that they are a steady background and not a storm every few seconds.
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAtMs) / everyMs) * users.length;
    for (; turn < due && inFlight < MOST_IN_FLIGHT; turn += 1) {
      const next = users[turn % users.length];
      if (next === undefined) return;
      void visit(next.service, next.onCandidate).catch(() => undefined);
      void visit(next.service, next.onBaseline).catch(() => undefined);
    }
  }, 10);

  return {
    async visitCandidates() {
      await inParallel(users, MOST_IN_FLIGHT, ({ service, onCandidate }) => visit(service, onCandidate));
    },
    firstFailures,
    async stop() {
      clearInterval(timer);
      await pool.destroy();
    },
  };
}
