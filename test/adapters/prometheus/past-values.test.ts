import { afterAll, beforeAll, expect, test } from 'vitest';
import { StageEvidence } from '../../../src/activities/stage-evidence.js';
import { createPrometheusMetrics } from '../../../src/adapters/metrics/prometheus/source.js';
import { fitService, somePlan } from '../../activities/support/fabricated.js';
import { startCustomBackend } from '../../gateway/support/custom-backend.js';
import { Releasers } from '../../gateway/support/gateway.js';
import { PROMETHEUS, startPrometheus } from '../../helpers/prometheus-server.js';
import { describeOn } from '../../helpers/real-servers.js';
import { until } from '../../helpers/until.js';

const STEP_MS = 1000;

describeOn(PROMETHEUS, 'a query, answered by a real Prometheus', (executable) => {
  const releasers = new Releasers();
  let depth = 1;
  let scrapes = 0;
  let url: string;

  beforeAll(async () => {
    const exporter = await startCustomBackend((_, response) => {
      scrapes += 1;
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(`# TYPE queue_depth gauge\nqueue_depth ${String(depth)}\nhits_total{slot="green"} 5\n`);
    });
    releasers.add(exporter, (running) => running.stop());
    const prometheus = await startPrometheus({
      executable,
      jobs: [{ job: 'app', targets: [new URL(exporter.url).host] }],
      scrapeIntervalMs: 250,
    });
    releasers.add(prometheus, (running) => running.stop());
    url = prometheus.url;
  });

  afterAll(() => releasers.releaseAll());

  const scraped = async (times: number): Promise<void> => {
    const before = scrapes;
    await until(`${String(times)} more scrapes`, () => scrapes >= before + times);
  };

  /** A stage as a worker reads it that has just been started: what an earlier one knew is gone. */
  const stageSince = (startedAtMs: number, limits: { readonly failureLimit: number }): StageEvidence => {
    const selectors = { requests: 'hits_total', errors: 'hits_total{code="500"}' };
    const metrics = createPrometheusMetrics(
      { name: 'metrics "prom"', url, timeoutMs: 2000, access: {}, selectors },
      () => '',
    );
    const check = { kind: 'threshold', metric: 'queue', query: 'max(queue_depth)', max: 5, ...limits } as const;
    return new StageEvidence(fitService({ metrics }), {
      plan: somePlan({ monitoringIntervalMs: STEP_MS, analysis: { checks: [check] } }),
      rolloutId: 'checkout@1',
      roles: { baseline: 'blue', candidate: 'green' },
      stage: 1,
      stageCount: 2,
      sharePercent: 25,
      fences: [16],
      startedAtMs,
      monitoringIntervalMs: STEP_MS,
      carried: null,
    });
  };

  test('has the values of every interval of the stage, also of those before the worker was started [W25]', async () => {
    await scraped(4);
    const startedAtMs = Date.now();
    depth = 9;
    await until('two bad values', () => Date.now() > startedAtMs + 2 * STEP_MS + 300);
    depth = 1;
    const endedAtMs = startedAtMs + 4 * STEP_MS;
    await until('the end of the stage', () => Date.now() > endedAtMs + 300);
    const borne = stageSince(startedAtMs, { failureLimit: 2 });
    await borne.finish(endedAtMs);
    expect(borne.analysis.checks[0]?.state).toMatchObject({ failure: null, tally: { failed: 2, count: 4 } });
    const broken = stageSince(startedAtMs, { failureLimit: 1 });
    await broken.finish(endedAtMs);
    expect(broken.analysis.checks[0]?.state.failure).toMatchObject({ value: 9, atMs: startedAtMs + 2 * STEP_MS });
  });
});
