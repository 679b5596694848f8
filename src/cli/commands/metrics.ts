import type { DeploymentMetrics } from '../../client/deployment-monitor.js';
import { formatValue } from '../../domain/analysis/format.js';
import { formatPercent } from '../../domain/percent.js';
import type { TrafficMetrics } from '../../domain/traffic/service-metrics.js';
import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import { table } from '../output/table.js';
import type { Result, TextView } from '../result.js';
import { targetOf } from './target.js';

/** Where a source does not know. */
const UNKNOWN = '–';

/** What the service of a rollout has served lately. */
export async function metrics(context: Context, id: string | undefined, range: string | undefined): Promise<Result> {
  const deploymentId = await targetOf(context, id);
  const monitor = await context.session.monitor();
  const seen = await monitor.getMetrics({ deploymentId, ...(range === undefined ? {} : { timeRange: range }) });
  return { document: documentOf('Metrics', seen), text: (view) => metricsLines(seen, view) };
}

function metricsLines(seen: DeploymentMetrics, { paint }: TextView): string[] {
  const { id, service, timeRange, backends, trouble = [] } = seen;
  const titles = ['', 'requests/s', 'errors', 'p50', 'p95', 'p99', 'users', 'known'].map((title) => paint.faint(title));
  const rows = Object.entries(backends).map(([slot, metrics]) => [slot, ...cellsOf(metrics)]);
  return [
    `${paint.strong(service)}  the last ${timeRange}  ${paint.faint(id)}`,
    ...table([titles, ...rows, ['in all', ...cellsOf(seen)]]).map((line) => `  ${line}`),
    ...trouble.map((sentence) => `  ${paint.attention(sentence)}`),
  ];
}

function cellsOf(metrics: TrafficMetrics): string[] {
  const { requestRate, errorRate, latencyP50, latencyP95, latencyP99, activeUsers, coverage } = metrics;
  const latencies = [latencyP50, latencyP95, latencyP99].map((ms) => shown(ms, 'ms'));
  return [
    requestRate === undefined ? UNKNOWN : requestRate.toFixed(1),
    shown(errorRate, 'fraction'),
    ...latencies,
    activeUsers === undefined ? UNKNOWN : String(activeUsers),
    formatPercent(Math.round(coverage * 100)),
  ];
}

function shown(value: number | undefined, unit: 'fraction' | 'ms'): string {
  return value === undefined ? UNKNOWN : formatValue(value, unit);
}
