import type { Sampled } from '../../../src/domain/analysis/sample.js';
import type { MetricSource, SampleQuery } from '../../../src/ports/metric-source.js';
import type { Haproxy } from '../../adapters/haproxy/haproxy-process.js';

interface Counts {
  readonly requests: number;
  readonly errors: number;
}

/** What all instances together had counted at one moment, by backend. */
interface Reading {
  readonly atMs: number;
  readonly backends: ReadonlyMap<string, Counts>;
}

const EVERY_MS = 100;

/** A reading that is older than this says nothing about the moment. */
const FRESH_MS = 1000;

/** Real counts of real HAProxies, from their own counters: read all the time, and remembered. */
export async function startHaproxyCounts(
  haproxies: readonly Haproxy[],
): Promise<MetricSource & { stop(): Promise<void> }> {
  const readings: Reading[] = [];
  const look = async (): Promise<void> => {
    const atMs = Date.now();
    const tables = await Promise.all(haproxies.map((haproxy) => haproxy.ask('show stat -1 2 -1')));
    readings.push({ atMs, backends: sumOf(tables) });
  };
  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, EVERY_MS);
  const at = (atMs: number): Reading | undefined => {
    // Until a later one is in, an earlier one may still come: then two questions would count from different edges.
    if ((readings.at(-1)?.atMs ?? 0) <= atMs) return undefined;
    const last = readings.findLast((reading) => reading.atMs <= atMs);
    return last !== undefined && atMs - last.atMs <= FRESH_MS ? last : undefined;
  };
  return {
    samples: ({ target, fromMs, toMs, stepMs }: SampleQuery) =>
      Promise.resolve(
        Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, (_, step): Sampled => {
          const before = at(fromMs + step * stepMs)?.backends.get(target);
          const after = at(fromMs + (step + 1) * stepMs)?.backends.get(target);
          if (before === undefined || after === undefined) return 'no-data';
          return { requests: after.requests - before.requests, errors: after.errors - before.errors };
        }),
      ),
    scalar: () => Promise.resolve('no-data'),
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}

/** `show stat` is a table in CSV: one row per backend. */
function sumOf(tables: readonly string[]): ReadonlyMap<string, Counts> {
  const sums = new Map<string, Counts>();
  for (const table of tables) {
    const [head = '', ...rows] = table.replace(/^# /, '').trim().split('\n');
    const columns = head.split(',');
    for (const row of rows) {
      const values = new Map(row.split(',').map((value, index) => [columns[index], value]));
      const count = (column: string): number => Number(values.get(column) ?? 0);
      const answers = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'].map((kind) => count(`hrsp_${kind}`));
      const name = values.get('pxname') ?? '';
      const before = sums.get(name) ?? { requests: 0, errors: 0 };
      sums.set(name, {
        requests: before.requests + answers.reduce((sum, one) => sum + one, 0),
        errors: before.errors + count('hrsp_5xx'),
      });
    }
  }
  return sums;
}
