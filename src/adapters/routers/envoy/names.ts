import { roundPercent, toParts } from '../../../domain/percent.js';
import type { Weights } from '../../../domain/traffic/weights.js';
import type { Route } from '../../../ports/traffic-router.js';
import type { ClusterWeight } from '../../envoy/served-routes.js';
import { slotOf, targetOf } from '../targets.js';

/** In the order of the weights: the first owns the first slice of the hash range. */
export function inClusters(route: Route, weights: Weights): readonly ClusterWeight[] {
  return weights.map(({ backend, percent }) => ({ cluster: targetOf(route, backend), weight: toParts(percent) }));
}

export function inSlots(route: Route, weights: readonly ClusterWeight[]): Weights {
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  return weights.map(({ cluster, weight }) => ({
    backend: slotOf(route, cluster),
    percent: roundPercent((weight / sum) * 100),
  }));
}
