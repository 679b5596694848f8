import type { CanaryPlan } from '../../domain/rollout/plan.js';
import type { ServicePorts } from '../../ports/service.js';
import type { PreflightProblem } from '../contracts.js';
import type { Finding } from './finding.js';
import type { ProbeTarget } from '../../ports/health-probe.js';
import { patiently } from '../patience.js';
import { probeUntilHealthy } from '../probing.js';

const VERSION_TIMEOUT_MS = 3000;

/** Whether the candidate is up, and whether it is the version that the plan names. */
export async function problemsOfCandidate(
  service: ServicePorts,
  plan: CanaryPlan,
  candidate: string,
): Promise<Finding> {
  const url = service.urls[candidate];
  if (url === undefined) {
    return { problems: [], warnings: [`${candidate} has no url in headgate.yaml: it cannot be probed`] };
  }
  const target = { backend: candidate, url };
  const health = plan.health ?? service.health;
  const endpoints = health?.endpoints ?? [];
  const failures = await Promise.all(
    endpoints.map((endpoint) =>
      probeUntilHealthy(service.probe, target, endpoint, health?.timeoutMs ?? VERSION_TIMEOUT_MS),
    ),
  );
  const problems = failures.flatMap((result) =>
    result.healthy ? [] : [unhealthy(candidate, url, result.endpoint, result.reason)],
  );
  const version = await versionFinding(service, plan, target);
  const isAsked = endpoints.length > 0 || (plan.version !== undefined && service.version !== undefined);
  const absence = isAsked ? [] : await absenceOf(service, target);
  return { problems: [...problems, ...version.problems, ...absence], warnings: version.warnings };
}

/** Where nothing is said about its health, whatever it answers will do; but somebody must be there. */
async function absenceOf({ probe }: ServicePorts, target: ProbeTarget): Promise<PreflightProblem[]> {
  const result = await patiently(
    () => probe.probe(target, '/', VERSION_TIMEOUT_MS),
    (answer) => answer.healthy || answer.up !== false,
  );
  if (result.healthy || result.up !== false) return [];
  return [
    {
      subject: 'candidate',
      message: `${target.backend} is not up: GET ${target.url}/ ${result.reason}`,
      expected: 'a server that answers, whatever it says',
      remedy: `Start the new version on ${target.backend}, or correct its url in headgate.yaml`,
    },
  ];
}

async function versionFinding(
  service: ServicePorts,
  plan: CanaryPlan,
  target: { backend: string; url: string },
): Promise<Finding> {
  if (plan.version === undefined) return { problems: [], warnings: [] };
  if (service.version === undefined) {
    return {
      problems: [],
      warnings: [`version ${plan.version} is only a label: health.version is not configured for ${service.service}`],
    };
  }
  const { path, field } = service.version;
  const result = await probeUntilHealthy(service.probe, target, path, VERSION_TIMEOUT_MS);
  const got = result.healthy ? fieldOf(result.body, field) : result.reason;
  if (got === plan.version) return { problems: [], warnings: [] };
  return {
    problems: [
      {
        subject: 'version',
        message: `${target.backend} at ${target.url}${path} reports ${got}`,
        expected: `version ${plan.version}`,
        remedy: `Deploy ${plan.version} to ${target.backend} first, or correct version: in the specification`,
      },
    ],
    warnings: [],
  };
}

function fieldOf(body: string, field: string): string {
  try {
    const value: unknown = (JSON.parse(body) as Record<string, unknown>)[field];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : `no field "${field}"`;
  } catch {
    return `something that is not JSON: ${body.slice(0, 80)}`;
  }
}

function unhealthy(candidate: string, url: string, endpoint: string, reason: string): PreflightProblem {
  return {
    subject: 'candidate',
    message: `${candidate} is not healthy: GET ${url}${endpoint} ${reason}`,
    expected: 'an answer with status 2xx',
    remedy: `Start the new version on ${candidate}, or look at its log`,
  };
}
