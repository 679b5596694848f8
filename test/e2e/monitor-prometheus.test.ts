import { afterEach, expect, test } from 'vitest';
import { TEMPLATES } from '../../src/adapters/metrics/prometheus/selectors.js';
import { createPrometheusMetrics } from '../../src/adapters/metrics/prometheus/source.js';
import { DeploymentMonitor, type DeploymentMetrics } from '../../src/client/deployment-monitor.js';
import type { MetricSource } from '../../src/ports/metric-source.js';
import { PROMETHEUS, startPrometheus, type RunningPrometheus } from '../helpers/prometheus-server.js';
import { describeOn } from '../helpers/real-servers.js';
import { until } from '../helpers/until.js';
import { longPlan, startWorld, type World } from './support/world.js';

const TIMEOUT = { timeout: 240_000 };

describeOn(PROMETHEUS, 'the metrics of a deployment that a real Prometheus counts', (executable) => {
  let world: World;
  let prometheus: RunningPrometheus | undefined;

  afterEach(async () => {
    await world.stop();
    await prometheus?.stop();
  });

  test(
    'are rates and latencies per backend and in all; a Prometheus that is gone makes them undefined [M-01]',
    TIMEOUT,
    async () => {
      const late: { source?: MetricSource } = {};
      const source = (): MetricSource => late.source ?? expect.fail('not started');
      const metrics: MetricSource = {
        samples: (query, signal) => source().samples(query, signal),
        scalar: (query, signal) => source().scalar(query, signal),
        resolutionMs: (query, signal) => source().resolutionMs?.(query, signal) ?? Promise.resolve('no-data'),
      };
      world = await startWorld({ tamper: (service) => ({ ...service, metrics }) });
      prometheus = await startPrometheus({
        executable,
        jobs: [{ job: 'gateway', targets: [new URL(world.gateway.adminUrl).host] }],
        scrapeIntervalMs: 250,
      });
      const access = { name: 'metrics "prom"', url: prometheus.url, timeoutMs: 10_000, access: {} };
      late.source = createPrometheusMetrics({ ...access, selectors: TEMPLATES.gateway }, () => '');
      world.startLoad();
      const blue = { service: 'checkout', backend: 'blue', target: 'blue' };
      await until('the gateway to have been scraped a few times', async () => {
        return (await source().resolutionMs?.(blue)) !== 'no-data';
      });
      const { id } = await world.deployment.start(longPlan());
      await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
      const monitor = new DeploymentMonitor({
        client: world.client,
        taskQueue: world.taskQueue,
        workflowIdPrefix: `${world.taskQueue}/`,
      });
      let seen: DeploymentMetrics | undefined;
      await until('green to have been counted', async () => {
        seen = await monitor.getMetrics({ deploymentId: id, timeRange: '2m' });
        return (seen.backends.green?.requests ?? 0) > 20;
      });
      for (const each of [seen, seen?.backends.blue, seen?.backends.green]) {
        expect(each?.requestRate).toBeGreaterThan(0);
        expect(each?.errorRate).toBe(0);
        expect(each?.latencyP99).toBeGreaterThan(0);
        expect(each).not.toHaveProperty('activeUsers');
      }
      await prometheus.stop();
      prometheus = undefined;
      const away = await monitor.getMetrics({ deploymentId: id, timeRange: '2m' });
      expect(away.backends).toEqual({ blue: { coverage: 0 }, green: { coverage: 0 } });
      expect(away).not.toHaveProperty('requestRate');
      expect(away.trouble?.join()).toMatch(/prom/);
    },
  );
});
