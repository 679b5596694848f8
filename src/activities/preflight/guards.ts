import type { PreflightPlan } from '../../domain/traffic/guard-plan.js';
import type { ServicePorts } from '../../ports/service.js';
import type { PreflightFindings } from './findings.js';

/** Who leaves the checks out should know what is left to guard the rollout, if anything is. */
export function guardsOf(
  service: ServicePorts,
  { analysis, health }: PreflightPlan,
  candidate: string,
): Partial<PreflightFindings> {
  if (analysis.checks.length > 0) return {};
  const isProbed = (health ?? service.health) !== undefined && service.urls[candidate] !== undefined;
  const message = isProbed
    ? 'no checks: only health probes guard this rollout'
    : 'no checks and no health probes: nothing guards this rollout but people';
  return { warnings: [{ code: 'noChecks', message }] };
}
