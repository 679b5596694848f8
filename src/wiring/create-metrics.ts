import type { ReadSecret } from '../adapters/http/access.js';
import { createEnvoyMetrics } from '../adapters/metrics/envoy/source.js';
import { createGatewayMetrics } from '../adapters/metrics/gateway.js';
import { createHttpJsonMetrics } from '../adapters/metrics/http-json/source.js';
import { TEMPLATES, withLabels } from '../adapters/metrics/prometheus/selectors.js';
import { createPrometheusMetrics } from '../adapters/metrics/prometheus/source.js';
import type { MetricsConfig } from '../config/types.js';
import type { MetricSource } from '../ports/metric-source.js';

export function createMetrics(source: MetricsConfig, name: string, secrets: ReadSecret): MetricSource {
  switch (source.kind) {
    case 'gateway':
      return createGatewayMetrics(source);
    case 'envoy':
      return createEnvoyMetrics(source);
    case 'prometheus': {
      const { counters, labels, ...server } = source;
      const selectors = typeof counters === 'string' ? TEMPLATES[counters] : counters;
      return createPrometheusMetrics(
        { ...server, name: `metrics "${name}"`, selectors: withLabels(selectors, labels) },
        secrets,
      );
    }
    case 'http':
      return createHttpJsonMetrics({ ...source, name: `metrics "${name}"` }, secrets);
  }
}
