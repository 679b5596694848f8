import { createPrometheusMetrics } from '../../../src/adapters/metrics/prometheus/source.js';
import type { Selectors } from '../../../src/adapters/metrics/prometheus/selectors.js';
import type { MeasuredDataPlane } from '../../contract/metric-source.js';
import type { DataPlane } from '../../contract/support/data-plane.js';
import { startRelay } from '../../contract/support/relay.js';
import { startPrometheus, type ScrapeJob } from '../../helpers/prometheus-server.js';
import { until } from '../../helpers/until.js';

export interface ScrapedPlaneOptions {
  readonly executable: string;
  readonly jobs: readonly ScrapeJob[];
  readonly selectors: Selectors;
}

export const SCRAPE_INTERVAL_MS = 250;

const TIMEOUT_MS = 1000;

/** A data plane that a real Prometheus scrapes, with a relay in front of Prometheus. */
export async function withPrometheus(plane: DataPlane, options: ScrapedPlaneOptions): Promise<MeasuredDataPlane> {
  const prometheus = await startPrometheus({ ...options, scrapeIntervalMs: SCRAPE_INTERVAL_MS });
  const relay = await startRelay({ host: '127.0.0.1', port: prometheus.port });
  const metrics = createPrometheusMetrics(
    {
      name: 'metrics "prom"',
      url: `http://${relay.host}:${String(relay.port)}`,
      timeoutMs: TIMEOUT_MS,
      access: {},
      selectors: options.selectors,
    },
    () => '',
  );
  const targets = options.jobs.flatMap((job) => job.targets).length;
  await until('every target is scraped', async () => {
    const up = await metrics.scalar({ query: 'sum(up)', atMs: Date.now(), windowMs: 1000 });
    return up === targets;
  });
  return {
    ...plane,
    metrics,
    countsUnanswered: 'unanswered' in options.selectors,
    // Two scrape intervals would do; on a busy machine a scrape takes longer than it may, and is missed.
    finestStepMs: 4 * SCRAPE_INTERVAL_MS,
    visibleWithinMs: 4 * SCRAPE_INTERVAL_MS,
    sourceControl: (mode) => relay.set(mode),
    knownScalar: { query: 'vector(42)', value: 42 },
    async stop() {
      await relay.stop();
      await prometheus.stop();
      await plane.stop();
    },
  };
}
