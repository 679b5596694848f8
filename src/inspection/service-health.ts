import { backendHealth, type ServiceHealth } from '../domain/health/health.js';
import type { HealthPlan } from '../domain/health/health-plan.js';
import type { ServicePorts } from '../ports/service.js';
import { probeUntilKnown } from './probe-rounds.js';

/** Where nothing else is said. */
const DEFAULTS = { intervalMs: 30_000, timeoutMs: 2000, successThreshold: 0.95 } as const;

/** How every backend of a service is: each endpoint is asked just now, as often as is needed to know. */
export async function inspectHealth(service: ServicePorts, wanted: Partial<HealthPlan> = {}): Promise<ServiceHealth> {
  const health = planOf(service, wanted);
  const slots = Object.keys(service.route.targets);
  const unknown = { health: null, endpoints: {} };
  const environments = await Promise.all(
    slots.map(async (slot) => {
      if (health === undefined) return [slot, unknown] as const;
      return [slot, backendHealth(await probeUntilKnown(service, slot, health), health)] as const;
    }),
  );
  const trouble =
    health === undefined
      ? [`nothing says how ${service.service} is probed: name endpoints, or add health: to it in headgate.yaml`]
      : slots
          .filter((slot) => service.urls[slot] === undefined)
          .map((slot) => `${slot} cannot be probed: it has no url in headgate.yaml`);
  return {
    environments: Object.fromEntries(environments),
    asOf: new Date().toISOString(),
    ...(trouble.length === 0 ? {} : { trouble }),
  };
}

/** `undefined` where nothing says which endpoints to ask. */
function planOf(service: ServicePorts, wanted: Partial<HealthPlan>): HealthPlan | undefined {
  const endpoints = wanted.endpoints ?? service.health?.endpoints;
  return endpoints === undefined ? undefined : { ...DEFAULTS, ...service.health, ...wanted, endpoints };
}
