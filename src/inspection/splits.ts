import { AdapterUnavailableError } from '../domain/errors.js';
import { allToBaseline, splitBetween, type Roles } from '../domain/traffic/weights.js';
import type { ServicePorts } from '../ports/service.js';
import type { Fault } from './finding.js';
import { askPatiently } from './patience.js';

/** Whether every split could be written, the way back included: known before anything has moved. */
export async function inspectSplits(
  { router, route }: ServicePorts,
  { sharesPercent }: { readonly sharesPercent: readonly number[] },
  roles: Roles,
): Promise<readonly Fault[]> {
  const splits = [...sharesPercent.map((percent) => splitBetween(roles, percent)), allToBaseline(roles)];
  const obstacles = await askPatiently(() => router.whyNotSplittable(route, splits));
  // That the router cannot be asked is told by the look at the plane.
  if (obstacles instanceof AdapterUnavailableError) return [];
  return obstacles.map((obstacle) => ({ code: 'splitImpossible', obstacle }));
}
