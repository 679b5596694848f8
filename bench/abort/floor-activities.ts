import type { PlanePorts } from './plane-ports.js';
import { BASELINE, CANDIDATE } from './settings.js';

/** Each route is moved once. */
const FENCE = 8;

export interface FloorActivities {
  moveBack(route: string): Promise<void>;
}

/** One change of the data plane, by the same client as Headgate's own. */
export function createFloorActivities({ router, routeOf }: PlanePorts): FloorActivities {
  return {
    moveBack: (route) =>
      router.setWeights(
        routeOf(route),
        [
          { backend: CANDIDATE, percent: 0 },
          { backend: BASELINE, percent: 100 },
        ],
        { fence: FENCE },
      ),
  };
}
