import { AdapterUnavailableError, ChangesNotMadeError } from '../domain/errors.js';
import type { Instance, WrittenService } from '../domain/stop-the-line/service-step.js';
import type { ServicePorts } from './service.js';
import type { TrafficRouter, WeightChange, WriteLimits } from './traffic-router.js';

/** As much of a service as its weights take. */
type Reached = Pick<ServicePorts, 'service' | 'router' | 'route'>;

/** What every instance does, of each service; a router that cannot be asked is one instance that is away. */
export async function readPlanes(services: readonly Reached[]): Promise<ReadonlyMap<string, readonly Instance[]>> {
  const read = await Promise.all(
    services.map(async ({ service, router, route }): Promise<[string, readonly Instance[]]> => {
      try {
        return [service, await router.readWeights(route)];
      } catch (error) {
        if (!(error instanceof AdapterUnavailableError)) throw error;
        return [service, [{ instance: 'the data plane', unreachable: error.message }]];
      }
    }),
  );
  return new Map(read);
}

/**
 * One bulk write for each router, which makes it one for each of its instances.
 *
 * @returns why a change was not made, by service: what could be made is made all the same
 */
export async function writePlanes(
  services: readonly Reached[],
  writes: readonly WrittenService[],
  limits: WriteLimits = {},
): Promise<ReadonlyMap<string, string>> {
  const byRouter = new Map<TrafficRouter, WeightChange[]>();
  const nameOf = new Map<string, string>();
  const wanted = new Map(writes.map((write) => [write.service, write]));
  for (const { service, router, route } of services) {
    const write = wanted.get(service);
    if (write === undefined) continue;
    const { weights, fence } = write;
    nameOf.set(route.service, service);
    byRouter.set(router, [...(byRouter.get(router) ?? []), { route, weights, fence }]);
  }
  const whyNot = new Map<string, string>();
  await Promise.all(
    [...byRouter].map(async ([router, changes]) => {
      try {
        await router.setMany(changes, limits);
      } catch (error) {
        if (!(error instanceof AdapterUnavailableError)) throw error;
        for (const [route, why] of reasonsOf(error, changes)) whyNot.set(nameOf.get(route) ?? route, why);
      }
    }),
  );
  return whyNot;
}

function reasonsOf(
  error: AdapterUnavailableError,
  changes: readonly WeightChange[],
): readonly (readonly [route: string, why: string])[] {
  if (!(error instanceof ChangesNotMadeError)) return changes.map(({ route }) => [route.service, error.message]);
  return error.notMade.map(({ service, instance, reason }) => [service, `${instance}: ${reason}`]);
}
