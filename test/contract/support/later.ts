import { nextFence, NO_FENCE } from '../../../src/domain/traffic/fence.js';
import type { InstanceWeights } from '../../../src/ports/traffic-router.js';

/** Decisions, each later than the one before. */
export function decisions(): () => { readonly fence: number } {
  let newest = NO_FENCE;
  return () => ({ fence: (newest = nextFence(newest)) });
}

/** The greatest fence that an instance bears. */
export function greatestIn(instances: readonly InstanceWeights[]): number {
  return Math.max(NO_FENCE, ...instances.map((one) => ('weights' in one ? one.fence : NO_FENCE)));
}
