import fc from 'fast-check';
import type { RawSeries, Target } from '../../../src/adapters/metrics/prometheus/raw-series.js';

export function series(
  samples: readonly (readonly [number, number])[],
  labels: Readonly<Record<string, string>> = {},
): RawSeries {
  return {
    labels: { job: 'edge', instance: 'a', ...labels },
    samples: samples.map(([atMs, value]) => ({ atMs, value })),
  };
}

export function target(change: Partial<Target>): Target {
  return { scrapes: [], requests: [], errors: [], latency: [], ...change };
}

/** What one process did between two scrapes, and how the second went. */
export interface Turn {
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
  /** Began anew before these requests. */
  readonly restarted: boolean;
  readonly scraped: boolean;
  readonly jitterMs: number;
}

const turn: fc.Arbitrary<Turn> = fc
  .record({
    good: fc.nat(50),
    errors: fc.nat(20),
    slow: fc.nat(20),
    restarted: fc.nat(9).map((value) => value === 0),
    scraped: fc.nat(4).map((value) => value > 0),
    jitterMs: fc.nat(40),
  })
  .map(({ good, errors, slow, restarted, scraped, jitterMs }) => ({
    requests: good + errors + slow,
    errors,
    slow,
    restarted,
    scraped,
    jitterMs,
  }));

export const turns = fc.array(turn, { minLength: 2, maxLength: 25 });

export const PERIOD_MS = 1000;

/** What a process has really counted, and what Prometheus saw of it. */
export interface Story {
  readonly target: Target;
  /** Of the scrapes after the first, all together: what can be known. */
  readonly known: { readonly requests: number; readonly errors: number; readonly slow: number };
}

/** A series is missing until its first event, as most clients make them. */
export function tell(all: readonly Turn[], lazily: boolean): Story {
  const scrapes: number[] = [];
  const shown: Record<'requests' | 'errors' | 'slow', [number, number][]> = { requests: [], errors: [], slow: [] };
  const counters = { requests: 0, errors: 0, slow: 0 };
  const known = { requests: 0, errors: 0, slow: 0 };
  let begun = false;
  const unseen = { requests: 0, errors: 0, slow: 0 };
  all.forEach((one, index) => {
    if (one.restarted) {
      // What was counted and not scraped before the end of the process is gone with it.
      for (const key of KEYS) [counters[key], unseen[key]] = [0, 0];
    }
    for (const key of KEYS) {
      counters[key] += one[key];
      unseen[key] += one[key];
    }
    if (!one.scraped) return;
    const atMs = 10_000 + index * PERIOD_MS + one.jitterMs;
    scrapes.push(atMs);
    for (const key of KEYS) {
      if (!lazily || counters[key] > 0) shown[key].push([atMs, counters[key]]);
      if (begun) known[key] += unseen[key];
      unseen[key] = 0;
    }
    begun = true;
  });
  const bucket = (le: string, of: readonly [number, number][]): RawSeries => series(of, { le });
  const fast = shown.requests.map(([atMs, value]): [number, number] => {
    const slow = shown.slow.find(([at]) => at === atMs)?.[1] ?? 0;
    return [atMs, value - slow];
  });
  const good = shown.requests.map(([atMs, value]): [number, number] => {
    const errors = shown.errors.find(([at]) => at === atMs)?.[1] ?? 0;
    return [atMs, value - errors];
  });
  return {
    target: target({
      scrapes,
      // By status, as data planes count: what is an error is a request as well, in one and the same series.
      requests: [series(good, { code: '200' }), series(shown.errors, { code: '500' })],
      errors: [series(shown.errors, { code: '500' })],
      latency: [bucket('0.1', fast), bucket('+Inf', shown.requests)],
    }),
    known,
  };
}

const KEYS = ['requests', 'errors', 'slow'] as const;

/** A range that holds every scrape of a story, cut at any places. */
export const cuts = fc
  .uniqueArray(fc.integer({ min: 9000, max: 40_000 }), { minLength: 0, maxLength: 12 })
  .map((places) => [8000, ...places.sort((a, b) => a - b), 45_000]);
