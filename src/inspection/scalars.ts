import { nameOf } from '../domain/analysis/kinds.js';
import type { Check } from '../domain/analysis/plan.js';
import { AdapterUnavailableError } from '../domain/errors.js';
import type { MetricSource } from '../ports/metric-source.js';
import type { ServicePorts } from '../ports/service.js';

/** As much of a plan as asking its queries takes. */
export interface Queries {
  readonly analysis: { readonly checks: readonly Check[] };
  readonly version?: string;
  readonly monitoringIntervalMs: number;
}

/** A value that a plan's checks ask for. */
export interface NamedScalar {
  /** In the checks. */
  readonly index: number;
  readonly name: string;
  readonly query: string;
  /** A metric source by its name in the worker's configuration. Default: the service's. */
  readonly source?: string;
}

/** The named values that a plan's checks ask for, with their queries. */
export function namedScalars({ analysis }: Pick<Queries, 'analysis'>): NamedScalar[] {
  return analysis.checks.flatMap((check, index) =>
    hasQuery(check)
      ? [{ index, name: nameOf(check), query: check.query, ...('source' in check ? { source: check.source } : {}) }]
      : [],
  );
}

function hasQuery(check: Check): check is Check & { readonly query: string; readonly source: string } {
  return 'query' in check && typeof check.query === 'string';
}

/** Asks for one value, its templates filled in for `backend`. @throws AdapterUnavailableError */
export async function readScalar(
  service: ServicePorts,
  { version = '', monitoringIntervalMs }: Pick<Queries, 'version' | 'monitoringIntervalMs'>,
  backend: string,
  { query, source: name }: NamedScalar,
  atMs: number,
  signal?: AbortSignal,
): Promise<number | 'no-data'> {
  const source = sourceOf(service, { source: name });
  const values = {
    service: service.service,
    backend: service.route.targets[backend] ?? backend,
    version,
  };
  const filled = source.fill === undefined ? asWritten(query, values) : source.fill(query, values);
  return source.scalar({ query: filled, atMs, windowMs: monitoringIntervalMs }, signal);
}

function asWritten(query: string, { service, backend, version }: Readonly<Record<string, string>>): string {
  return query
    .replaceAll('{{service}}', () => service ?? '')
    .replaceAll('{{backend}}', () => backend ?? '')
    .replaceAll('{{version}}', () => version ?? '');
}

/** Thrown when the configuration knows no metric source of a name that a check gives. */
export class UnknownSourceError extends AdapterUnavailableError {
  constructor(name: string, known: readonly string[]) {
    super(`metrics "${name}"`, 'the worker knows no source of that name', {
      expected: known.join(', ') || 'a name under metrics: in headgate.yaml',
      got: name,
      remedy: 'Correct source: in the specification, or add it under metrics: in headgate.yaml and restart the worker',
    });
  }
}

/** @throws UnknownSourceError */
export function sourceOf(
  { metrics, sources = {} }: ServicePorts,
  { source: name }: { readonly source?: string | undefined },
): MetricSource {
  if (name === undefined) return metrics;
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
  if (source === undefined) throw new UnknownSourceError(name, Object.keys(sources));
  return source;
}
