import { startConfiguredPlane } from './gateway/configured-plane.js';
import { startOwnPlane } from './gateway/own-plane.js';
import type { ConfiguredServices, DataPlane, OwnServices, PlaneSurroundings } from './gateway/plane.js';
import type { Releasers } from './releasers.js';

export type { DataPlane } from './gateway/plane.js';

export interface DataPlaneOptions extends PlaneSurroundings {
  readonly services: OwnServices | ConfiguredServices;
}

/**
 * Sees that a gateway serves wherever one is named on this machine.
 *
 * @throws PortInUseError when somebody else is there.
 */
export function startDataPlane(
  { services, ...surroundings }: DataPlaneOptions,
  releasers: Releasers,
): Promise<DataPlane> {
  return services.kind === 'own'
    ? startOwnPlane(services, surroundings, releasers)
    : startConfiguredPlane(services, surroundings, releasers);
}
