import type { Check } from '../domain/analysis/plan.js';
import { AdapterUnavailableError } from '../domain/errors.js';
import type { GuardPlan } from '../domain/traffic/guard-plan.js';
import type { MetricSource } from '../ports/metric-source.js';
import type { ServicePorts } from '../ports/service.js';

/** A value that a plan's checks ask for. */
export interface NamedScalar {
  readonly name: string;
  readonly query: string;
  /** A metric source by its name in the worker's configuration. Default: the service's. */
  readonly source?: string;
}

/** The named values that a plan's checks ask for, with their queries. */
export function namedScalars(plan: GuardPlan): NamedScalar[] {
  return plan.analysis.checks.flatMap((check) =>
    hasQuery(check)
      ? [{ name: scalarName(check), query: check.query, ...('source' in check ? { source: check.source } : {}) }]
      : [],
  );
}

function hasQuery(check: Check): check is Check & { readonly query: string; readonly source: string } {
  return 'query' in check && typeof check.query === 'string';
}

function scalarName(check: Check): string {
  return check.kind === 'custom' ? check.name : check.metric;
}

/** Asks for one value, its templates filled in for `backend`. @throws AdapterUnavailableError */
export async function readScalar(
  service: ServicePorts,
  plan: GuardPlan,
  backend: string,
  { query, source: name }: NamedScalar,
  atMs: number,
  signal?: AbortSignal,
): Promise<number | 'no-data'> {
  const source = sourceOf(service, { source: name });
  const values = {
    service: service.service,
    backend: service.route.targets[backend] ?? backend,
    version: plan.version ?? '',
  };
  const filled = source.fill === undefined ? asWritten(query, values) : source.fill(query, values);
  return source.scalar({ query: filled, atMs, windowMs: plan.monitoringIntervalMs }, signal);
}

function asWritten(query: string, { service, backend, version }: Readonly<Record<string, string>>): string {
  return query
    .replaceAll('{{service}}', () => service ?? '')
    .replaceAll('{{backend}}', () => backend ?? '')
    .replaceAll('{{version}}', () => version ?? '');
}

/** @throws AdapterUnavailableError when the worker knows no source of that name */
export function sourceOf(
  { metrics, sources = {} }: ServicePorts,
  { source: name }: { readonly source?: string | undefined },
): MetricSource {
  if (name === undefined) return metrics;
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
  if (source !== undefined) return source;
  throw new AdapterUnavailableError(`metrics "${name}"`, 'the worker knows no source of that name', {
    expected: Object.keys(sources).join(', ') || 'a name under metrics: in headgate.yaml',
    got: name,
    remedy: 'Correct source: in the specification, or add it under metrics: in headgate.yaml and restart the worker',
  });
}
