import type { PreflightPlan } from '../../domain/traffic/guard-plan.js';
import type { Reported } from '../../domain/traffic/serving/versions.js';
import type { ServicePorts } from '../../ports/service.js';
import type { PreflightProblem } from '../contracts.js';
import type { Finding } from './finding.js';
import type { ProbeTarget } from '../../ports/health-probe.js';
import { patiently } from '../patience.js';
import { probeUntilHealthy } from '../probing.js';

const PROBE_TIMEOUT_MS = 3000;

/** Whether the candidate is up and well. */
export async function problemsOfCandidate(
  service: ServicePorts,
  plan: PreflightPlan,
  candidate: string,
  reported: Promise<Readonly<Record<string, Reported>>>,
): Promise<Finding> {
  const url = service.urls[candidate];
  if (url === undefined)
    return { problems: [], warnings: [`${candidate} has no url in headgate.yaml: it cannot be probed`] };
  const target = { backend: candidate, url };
  const health = plan.health ?? service.health;
  const endpoints = health?.endpoints ?? [];
  const failures = await Promise.all(
    endpoints.map((endpoint) =>
      probeUntilHealthy(service.probe, target, endpoint, health?.timeoutMs ?? PROBE_TIMEOUT_MS),
    ),
  );
  const problems = failures.flatMap((result) =>
    result.healthy ? [] : [unhealthy(candidate, url, result.endpoint, result.reason)],
  );
  const held = (await reported)[candidate];
  const hasAnswered = endpoints.length > 0 || (held !== undefined && 'version' in held);
  const absence = hasAnswered ? [] : await absenceOf(service, target);
  return { problems: [...problems, ...absence], warnings: [] };
}

/** Why a backend is not known to be well; `null` when it is: everything that is probed answers, just now. */
export async function whyNotKnownHealthy(
  service: ServicePorts,
  plan: PreflightPlan,
  backend: string,
): Promise<string | null> {
  const url = service.urls[backend];
  const health = plan.health ?? service.health;
  if (url === undefined) return `${backend} has no url in headgate.yaml, so it cannot be probed`;
  if (health === undefined || health.endpoints.length === 0)
    return `no health endpoints are configured for ${service.service}, so nobody has probed ${backend}`;
  const results = await Promise.all(
    health.endpoints.map((endpoint) => probeUntilHealthy(service.probe, { backend, url }, endpoint, health.timeoutMs)),
  );
  const failed = results.find(({ healthy }) => !healthy);
  return failed === undefined || failed.healthy ? null : `GET ${url}${failed.endpoint} ${failed.reason}`;
}

/** Where nothing is said about its health, whatever it answers will do; but somebody must be there. */
async function absenceOf({ probe }: ServicePorts, target: ProbeTarget): Promise<PreflightProblem[]> {
  const result = await patiently(
    () => probe.probe(target, '/', PROBE_TIMEOUT_MS),
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

function unhealthy(candidate: string, url: string, endpoint: string, reason: string): PreflightProblem {
  return {
    subject: 'candidate',
    message: `${candidate} is not healthy: GET ${url}${endpoint} ${reason}`,
    expected: 'an answer with status 2xx',
    remedy: `Start the new version on ${candidate}, or look at its log`,
  };
}
