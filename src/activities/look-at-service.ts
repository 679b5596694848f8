import type { ServiceHealth } from '../domain/health/health.js';
import type { LookAtHealth, LookAtMetrics } from '../domain/traffic/look-at-service.js';
import type { ServiceMetrics } from '../domain/traffic/service-metrics.js';
import { findService } from '../inspection/inspect.js';
import { inspectHealth } from '../inspection/service-health.js';
import { inspectServiceMetrics } from '../inspection/service-metrics.js';
import type { Ports, ServicePorts } from '../ports/service.js';
import type { Looked } from './contracts.js';
import { problemOf } from './preflight/findings.js';

/** How the backends of a service are. Looks only. */
export function lookAtHealth(
  ports: Ports,
  { service, health }: Omit<LookAtHealth, 'kind'>,
): Promise<Looked<ServiceHealth>> {
  return look(ports, service, (found) => inspectHealth(found, health));
}

/** What a service has served lately. Looks only. */
export function lookAtMetrics(
  ports: Ports,
  { service, rangeMs }: Omit<LookAtMetrics, 'kind'>,
): Promise<Looked<ServiceMetrics>> {
  return look(ports, service, (found) => inspectServiceMetrics(found, rangeMs));
}

async function look<Seen>(
  ports: Ports,
  name: string,
  see: (service: ServicePorts) => Promise<Seen>,
): Promise<Looked<Seen>> {
  const service = findService(ports, name);
  return 'code' in service ? { refused: problemOf(service) } : { seen: await see(service) };
}
