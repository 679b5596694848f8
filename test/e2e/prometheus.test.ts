import { afterEach, beforeEach, expect, test } from 'vitest';
import { TEMPLATES } from '../../src/adapters/metrics/prometheus/selectors.js';
import { createPrometheusMetrics } from '../../src/adapters/metrics/prometheus/source.js';
import type { MetricSource } from '../../src/ports/metric-source.js';
import { PROMETHEUS, startPrometheus, type RunningPrometheus } from '../helpers/prometheus-server.js';
import { describeOn } from '../helpers/real-servers.js';
import { until } from '../helpers/until.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

const SCRAPE_INTERVAL_MS = 250;

const TIMEOUT = { timeout: 240_000 };

describeOn(PROMETHEUS, 'a canary whose counts come from a real Prometheus', (executable) => {
  let world: World;
  let prometheus: RunningPrometheus;

  let firstBadUntilMs = Infinity;

  beforeEach(async () => {
    firstBadUntilMs = Infinity;
    const late: { source?: MetricSource } = {};
    const counts: MetricSource = {
      samples: async (query, signal) => {
        const samples = (await late.source?.samples(query, signal)) ?? expect.fail('not started');
        const bad = samples.findIndex((sample) => sample !== 'no-data' && sample.errors > 0);
        if (bad >= 0) firstBadUntilMs = Math.min(firstBadUntilMs, query.fromMs + (bad + 1) * query.stepMs);
        return samples;
      },
      scalar: (query, signal) => late.source?.scalar(query, signal) ?? Promise.reject(new Error('not started')),
      resolutionMs: (query, signal) => late.source?.resolutionMs?.(query, signal) ?? Promise.resolve('no-data'),
    };
    world = await startWorld({ tamper: (service) => ({ ...service, metrics: counts }) });
    prometheus = await startPrometheus({
      executable,
      jobs: [{ job: 'gateway', targets: [new URL(world.gateway.adminUrl).host] }],
      scrapeIntervalMs: SCRAPE_INTERVAL_MS,
    });
    const { url } = prometheus;
    const source = createPrometheusMetrics(
      { name: 'metrics "prom"', url, timeoutMs: 10_000, access: {}, selectors: TEMPLATES.gateway },
      () => '',
    );
    late.source = source;
    world.startLoad();
    const query = { service: 'checkout', backend: 'blue', target: 'blue' };
    await until('the gateway has been scraped a few times', () =>
      source.resolutionMs?.(query).then((resolution) => resolution !== 'no-data'),
    );
  });

  afterEach(async () => {
    await world.stop();
    await prometheus.stop();
  });

  test('a healthy candidate is promoted [C-04]', TIMEOUT, async () => {
    const { id } = await world.deployment.start(quickPlan());
    const status = await world.status(id, 'the rollout to be promoted', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ outcome: 'promoted' });
    expect(await world.candidateShare()).toBe(100);
  });

  test('a candidate that turns bad is rolled back soon after Prometheus has seen it [C-05]', TIMEOUT, async () => {
    const { id } = await world.deployment.start(longPlan());
    await world.status(id, 'the first stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    world.green.behaviour.errorRate = 0.5;
    await until('nobody is sent to the candidate', async () => (await world.candidateShare()) === 0, {
      everyMs: 5,
      deadlineMs: 90_000,
    });
    const tookMs = Math.round(Date.now() - firstBadUntilMs);
    console.info(
      `end of the first interval with failures → 0 %: ${String(tookMs)} ms (scraped every ${String(SCRAPE_INTERVAL_MS)} ms)`,
    );
    const status = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' } });
  });

  test(
    'while Prometheus is away the stage is held, and judged as a whole when it is back [C-14]',
    TIMEOUT,
    async () => {
      const { id } = await world.deployment.start(quickPlan());
      await world.status(id, 'the first stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
      await prometheus.kill();
      const held = await world.status(id, 'the stage to be held', ({ phase }) => phase === 'held');
      expect(held.isComplete).toBe(false);
      expect(held.trafficPercentage).toBeGreaterThan(0);
      expect(await world.candidateShare()).toBe(held.trafficPercentage);
      await prometheus.restart();
      const status = await world.status(id, 'the rollout to be promoted', ({ isComplete }) => isComplete);
      expect(status).toMatchObject({ outcome: 'promoted' });
      expect(status.stages.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed']);
    },
  );

  test('what a candidate did while Prometheus was away counts when it is back [C-05] [C-14]', TIMEOUT, async () => {
    const { id } = await world.deployment.start(longPlan());
    await world.status(id, 'some counts', ({ checks }) => (checks[0]?.candidateRequests ?? 0) > 20);
    await prometheus.kill();
    const load = world.startLoad();
    world.green.behaviour.errorRate = 1;
    await until('many failures', () => (load.counts.get('v2 500') ?? 0) > 50);
    world.green.behaviour.errorRate = 0;
    await prometheus.restart();
    const status = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' } });
  });
});
