import { StaleFenceError } from '../../../src/domain/errors.js';
import { nextFence } from '../../../src/domain/traffic/fence.js';
import type { Weights } from '../../../src/domain/traffic/weights.js';
import { until } from '../../helpers/until.js';
import type { DataPlane } from './data-plane.js';
import { greatestIn } from './later.js';

/**
 * A decision that is later than all before it, whoever made them. As a rollout does: what could not be read back in its
 * time, on a busy machine, is set again. For preparation.
 *
 * @returns its fence
 */
export async function setPatiently({ router, route }: DataPlane, weights: Weights): Promise<number> {
  let fence = nextFence(greatestIn(await router.readWeights(route)));
  return until('the weights to be set and read back', async () => {
    try {
      await router.setWeights(route, weights, { fence });
    } catch (error) {
      if (error instanceof StaleFenceError) fence = nextFence(error.greatestFence);
      throw error;
    }
    return fence;
  });
}
