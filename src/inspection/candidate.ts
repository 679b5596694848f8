import type { Reported } from '../domain/traffic/serving/versions.js';
import type { ProbeTarget } from '../ports/health-probe.js';
import type { ServicePorts } from '../ports/service.js';
import type { CandidateFinding } from './finding.js';
import { patiently, probeUntilHealthy } from './patience.js';

const PROBE_TIMEOUT_MS = 3000;

/** Whether the candidate is up and well: everything that is probed answers, just now. */
export async function inspectCandidate(
  service: ServicePorts,
  { health = service.health }: Pick<ServicePorts, 'health'>,
  backend: string,
  reported: Promise<Readonly<Record<string, Reported>>>,
): Promise<readonly CandidateFinding[]> {
  const url = service.urls[backend];
  if (url === undefined) return [{ code: 'candidateWithoutUrl', backend }];
  const target = { backend, url };
  const { endpoints = [], timeoutMs = PROBE_TIMEOUT_MS } = health ?? {};
  const results = await Promise.all(
    endpoints.map((endpoint) => probeUntilHealthy(service.probe, target, endpoint, timeoutMs)),
  );
  const held = (await reported)[backend];
  const hasAnswered = endpoints.length > 0 || (held !== undefined && 'version' in held);
  if (!hasAnswered) return absenceOf(service, target);
  return results.flatMap((result) => {
    if (result.healthy) return [];
    return [{ code: 'candidateUnhealthy', backend, url: `${url}${result.endpoint}`, reason: result.reason }];
  });
}

/** Where nothing is said about its health, whatever it answers will do; but somebody must be there. */
async function absenceOf({ probe }: ServicePorts, target: ProbeTarget): Promise<readonly CandidateFinding[]> {
  const result = await patiently(
    () => probe.probe(target, '/', PROBE_TIMEOUT_MS),
    (answer) => answer.healthy || answer.up !== false,
  );
  if (result.healthy || result.up !== false) return [];
  return [{ code: 'candidateDown', backend: target.backend, url: `${target.url}/`, reason: result.reason }];
}
