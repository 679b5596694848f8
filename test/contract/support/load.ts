import { AdapterUnavailableError } from '../../../src/domain/errors.js';
import type { Users } from './users.js';

export interface LoadOptions {
  readonly set: (candidatePercent: number) => Promise<void>;
  readonly instances: number;
}

export interface LoadOutcome {
  /** One line per request that did not get the answer it should have. */
  readonly failures: readonly string[];
  readonly servedBy: ReadonlySet<string | null>;
  readonly requestsPerSecond: number;
}

/** At least so many, and as many as come while the weights change so often. */
const REQUESTS = 5000;
const CHANGES = 6;

const AIMED_REQUESTS_PER_SECOND = 2000;
const TICK_MS = 5;
/** Where the machine cannot keep up, requests wait instead of piling up. */
const MOST_IN_FLIGHT = 128;
const SHARES = [5, 100, 0, 50, 25, 75];

/** Users come at a steady rate and keep their connections, while the weights move back and forth. */
export async function changeWeightsUnderLoad(users: Users, { set, instances }: LoadOptions): Promise<LoadOutcome> {
  const failures: string[] = [];
  const servedBy = new Set<string | null>();
  const startedAtMs = performance.now();
  let sent = 0;
  let inFlight = 0;
  let changes = 0;
  const isEnough = (): boolean => sent >= REQUESTS && changes >= CHANGES;

  async function one(index: number): Promise<void> {
    inFlight += 1;
    // Every eighth request brings a body that must arrive whole.
    const body = index % 8 === 0 ? 'x'.repeat(1000 + index) : undefined;
    try {
      const visit = await users.visit({
        user: `load-${String(index)}`,
        instance: index % instances,
        ...(body !== undefined && { body }),
        // Some are still on their way when the weights have changed.
        path: index % 16 === 1 ? '/?delayMs=30' : '/',
      });
      servedBy.add(visit.servedBy);
      const expected = `${String(visit.servedBy)} ${String(body?.length ?? 0)}`;
      if (visit.status !== 200 || visit.body !== expected)
        failures.push(`${String(index)}: ${String(visit.status)} ${visit.body}`);
    } catch (error) {
      failures.push(`${String(index)}: ${String(error)}`);
    } finally {
      inFlight -= 1;
    }
  }

  const requests: Promise<void>[] = [];
  const sending = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = ((performance.now() - startedAtMs) * AIMED_REQUESTS_PER_SECOND) / 1000;
      while (sent < due && inFlight < MOST_IN_FLIGHT && !isEnough()) {
        requests.push(one(sent));
        sent += 1;
      }
      if (!isEnough()) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });

  while (!isEnough()) {
    try {
      await set(SHARES[changes % SHARES.length] ?? 0);
      changes += 1;
    } catch (error) {
      // On a busy machine a router may give up waiting; what must never happen is that a request pays for it.
      if (!(error instanceof AdapterUnavailableError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await sending;
  await Promise.all(requests);
  const seconds = (performance.now() - startedAtMs) / 1000;
  return { failures, servedBy, requestsPerSecond: Math.round(sent / seconds) };
}
