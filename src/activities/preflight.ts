import { learnFrom } from '../domain/analysis/learn.js';
import type { AnalysisState } from '../domain/analysis/state.js';
import { HeadgateError } from '../domain/errors.js';
import { rolesFrom } from '../domain/rollout/roles.js';
import type { CanaryPlan } from '../domain/rollout/plan.js';
import type { Roles } from '../domain/rollout/weights.js';
import type { Ports, ServicePorts } from '../ports/service.js';
import type { PreflightInput, PreflightProblem, PreflightReport } from './contracts.js';
import { Observer } from './observing/observer.js';
import { historyOfBaseline, lineOfHistory } from './preflight/baseline-history.js';
import { problemsOfCandidate } from './preflight/candidate.js';
import type { Finding } from './preflight/finding.js';
import { lookAtMetrics } from './preflight/metrics.js';
import { readAllWeights } from './preflight/weights.js';

/** Whether the service is fit for this rollout. Looks only; nothing moves. All problems at once. */
export async function preflight(
  ports: Ports,
  { plan, rolloutId }: PreflightInput,
  observer = new Observer(ports.observations),
): Promise<PreflightReport> {
  const service = serviceOf(ports, plan.service);
  if ('problem' in service) return { fit: false, problems: [service.problem] };
  const weights = await readAllWeights(service.found);
  if ('problems' in weights) return { fit: false, problems: weights.problems };
  const roles = rolesFrom(Object.keys(service.found.route.targets), weights.read, plan.adopt);
  if ('problem' in roles) return { fit: false, problems: [{ subject: 'weights', ...roles.problem }] };
  const [history, ...findings] = await Promise.all([
    historyOfBaseline(service.found, plan, roles.roles),
    problemsOfCandidate(service.found, plan, roles.roles.candidate),
    lookAtMetrics(service.found, plan, roles.roles),
  ]);
  if (history !== null && rolloutId !== undefined)
    observer.keep(rolloutId, [lineOfHistory(rolloutId, plan.service, roles.roles, history)]);
  const analysis = history === null ? null : learnFrom(plan.analysis, history);
  return verdictOn(roles.roles, weights.fences, analysis, [
    guardsOf(service.found, plan, roles.roles.candidate),
    ...findings,
  ]);
}

function verdictOn(
  roles: Roles,
  fences: readonly number[],
  analysis: AnalysisState | null,
  findings: readonly Finding[],
): PreflightReport {
  const problems = findings.flatMap((finding) => finding.problems);
  if (problems.length > 0) return { fit: false, problems };
  return { fit: true, roles, fences, analysis, warnings: findings.flatMap((finding) => finding.warnings) };
}

/** Who leaves the checks out should know what is left to guard the rollout, if anything is. */
function guardsOf(service: ServicePorts, { analysis, health }: CanaryPlan, candidate: string): Finding {
  if (analysis.checks.length > 0) return { problems: [], warnings: [] };
  const isProbed = (health ?? service.health) !== undefined && service.urls[candidate] !== undefined;
  const left = isProbed
    ? 'no checks: only health probes guard this rollout'
    : 'no checks and no health probes: nothing guards this rollout but people';
  return { problems: [], warnings: [left] };
}

function serviceOf(ports: Ports, name: string): { found: ServicePorts } | { problem: PreflightProblem } {
  try {
    return { found: ports.serviceNamed(name) };
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    return {
      problem: {
        subject: 'service',
        message: error.message,
        expected: error.expected ?? 'a service that the worker knows',
        remedy: error.remedy ?? 'Look at headgate.yaml',
      },
    };
  }
}
