import type { Route } from '../../../ports/traffic-router.js';
import type { HaproxyInstance } from './instance.js';
import { HaproxyRefusal, noBackend, notASplit } from './refusal.js';
import type { Split } from './split.js';

/**
 * How an instance splits a service now, and under which fence; also to a backend that is not there any more: from there
 * the way back is needed most.
 *
 * @param needed backends that have to be there
 * @throws HaproxyRefusal, or the transport's error.
 */
export async function readService(
  instance: HaproxyInstance,
  { service, targets }: Route,
  needed: readonly string[] = [],
): Promise<{ readonly split: Split; readonly fence: number }> {
  const wanted = Object.values(targets);
  const known: Promise<readonly string[]> = needed.length === 0 ? Promise.resolve([]) : instance.backends();
  const asked = Promise.all([instance.readSettled([service]), known]);
  const [entries, backends] = await asked.catch(async (error: unknown) => {
    throw await asServerWeights(instance, error, wanted);
  });
  const missing = needed.filter((backend) => !backends.includes(backend));
  if (missing.length > 0) throw await asServerWeights(instance, noBackend(missing, backends), wanted);
  const entry = entries.get(service);
  if (entry === undefined || entry instanceof HaproxyRefusal) throw await asServerWeights(instance, entry, wanted);
  if (entry.split === null) throw notASplit(instance.map, service, entry.value);
  return { split: entry.split, fence: entry.fence };
}

/** Who has no map or no backends may be splitting in the other way that HAProxy has: say so. */
async function asServerWeights(instance: HaproxyInstance, error: unknown, slots: readonly string[]): Promise<unknown> {
  if (!(error instanceof HaproxyRefusal) || !error.isOfConfiguration) return error;
  return (await instance.splitByServers(slots).catch(() => null)) ?? error;
}
