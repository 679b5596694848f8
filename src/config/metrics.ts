import { warningsOfAccess } from './adapters/access.js';
import { envoyMetrics } from './adapters/envoy.js';
import { buildHttpMetrics } from './adapters/http.js';
import { buildPrometheus } from './adapters/prometheus.js';
import { DEFAULT_INSTANCE_TIMEOUT_MS } from './defaults.js';
import type { ConfigFile } from './file-schema.js';
import type { MetricsConfig } from './types.js';

type Written = NonNullable<ConfigFile['metrics']>;

export function buildMetrics(written: Written = {}): Readonly<Record<string, MetricsConfig>> {
  return Object.fromEntries(Object.entries(written).map(([name, source]) => [name, buildSource(source)]));
}

function buildSource(written: Written[string]): MetricsConfig {
  switch (written.kind) {
    case 'gateway': {
      const { timeout, ...rest } = written;
      return { ...rest, timeoutMs: timeout ?? DEFAULT_INSTANCE_TIMEOUT_MS };
    }
    case 'envoy':
      return envoyMetrics(written);
    case 'prometheus':
      return buildPrometheus(written);
    case 'http':
      return buildHttpMetrics(written);
  }
}

/** What is odd about them, but no reason to stop. */
export function warningsOfMetrics(metrics: Readonly<Record<string, MetricsConfig>>): string[] {
  return Object.entries(metrics).flatMap(([name, source]) =>
    'access' in source ? warningsOfAccess(`metrics.${name}`, source.access) : [],
  );
}
