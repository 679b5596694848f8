import { createGatewayRouter } from '../../src/adapters/routers/gateway.js';
import { BASELINE, CANDIDATE } from './settings.js';

export interface FloorActivities {
  moveBack(route: string): Promise<void>;
}

/** One request to the gateway, by the same client as Headgate's own. */
export function createFloorActivities(adminUrl: string): FloorActivities {
  const router = createGatewayRouter({ instances: [adminUrl], timeoutMs: 5000 });
  return {
    moveBack: (route) =>
      router.setWeights({ service: route, targets: { [BASELINE]: BASELINE, [CANDIDATE]: CANDIDATE } }, [
        { backend: CANDIDATE, percent: 0 },
        { backend: BASELINE, percent: 100 },
      ]),
  };
}
