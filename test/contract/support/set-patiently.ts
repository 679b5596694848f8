import type { Weights } from '../../../src/domain/rollout/weights.js';
import { until } from '../../helpers/until.js';
import type { DataPlane } from './data-plane.js';

/** As a rollout does: what could not be read back in its time, on a busy machine, is set again. For preparation. */
export async function setPatiently({ router, route }: DataPlane, weights: Weights): Promise<void> {
  await until('the weights to be set and read back', async () => {
    await router.setWeights(route, weights);
    return true;
  });
}
