import type { Check } from '../domain/analysis/plan.js';
import type { CanaryPlan } from '../domain/rollout/plan.js';
import type { ServicePorts } from '../ports/service.js';

/** The named values that a plan's checks ask for, with their queries. */
export function namedScalars(plan: CanaryPlan): { name: string; query: string }[] {
  return plan.analysis.checks.flatMap((check) =>
    hasQuery(check) ? [{ name: scalarName(check), query: check.query }] : [],
  );
}

function hasQuery(check: Check): check is Check & { readonly query: string } {
  return 'query' in check && typeof check.query === 'string';
}

function scalarName(check: Check): string {
  return check.kind === 'custom' ? check.name : check.metric;
}

/** Asks for one value, its templates filled in for `backend`. */
export function readScalar(
  service: ServicePorts,
  plan: CanaryPlan,
  backend: string,
  query: string,
  atMs: number,
  signal?: AbortSignal,
): Promise<number | 'no-data'> {
  const filled = query
    .replaceAll('{{service}}', service.service)
    .replaceAll('{{backend}}', service.route.targets[backend] ?? backend)
    .replaceAll('{{version}}', plan.version ?? '');
  return service.metrics.scalar({ query: filled, atMs, windowMs: plan.monitoringIntervalMs }, signal);
}
