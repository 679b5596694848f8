import { randomUUID } from 'node:crypto';
import { endpointsOf, pathOf, type EndpointCheck } from '../domain/health/health-plan.js';
import type { ServicePorts } from '../ports/service.js';
import type { Remark } from './finding.js';

/**
 * Whether a backend answers a path that cannot be there as it answers its endpoints: a page for everybody, or a login.
 * Then probes find it healthy whatever becomes of it.
 */
export async function inspectCatchAll(
  service: ServicePorts,
  { health = service.health }: Pick<ServicePorts, 'health'>,
  backend: string,
): Promise<readonly Remark[]> {
  const url = service.urls[backend];
  if (health === undefined || url === undefined) return [];
  const path = `/headgate-${randomUUID()}`;
  const answers = await Promise.all(
    endpointsOf(health).map(async (endpoint) => {
      const asked: EndpointCheck = typeof endpoint === 'string' ? { path } : { ...endpoint, path };
      const { healthy } = await service.probe.probe({ backend, url }, asked, health.timeoutMs);
      return healthy ? [pathOf(endpoint)] : [];
    }),
  );
  const endpoints = answers.flat();
  return endpoints.length === 0 ? [] : [{ code: 'answersAnything', backend, url: `${url}${path}`, endpoints }];
}
