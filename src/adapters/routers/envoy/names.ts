import { HeadgateError } from '../../../domain/errors.js';
import { roundPercent, toParts } from '../../../domain/percent.js';
import type { Weights } from '../../../domain/traffic/weights.js';
import type { Route } from '../../../ports/traffic-router.js';
import type { ClusterWeight } from '../../envoy/served-routes.js';

/** In the order of the weights: the first owns the first slice of the hash range. */
export function inClusters(route: Route, weights: Weights): readonly ClusterWeight[] {
  return weights.map(({ backend, percent }): ClusterWeight => {
    const cluster = Object.hasOwn(route.targets, backend) ? route.targets[backend] : undefined;
    if (cluster !== undefined) return { cluster, weight: toParts(percent) };
    throw new HeadgateError('UNKNOWN_BACKEND', `${route.service} has no backend ${backend}`, {
      expected: `one of ${Object.keys(route.targets).join(', ')}`,
      got: backend,
    });
  });
}

/** A cluster that the service does not know keeps its own name, so that its share is seen as drift. */
export function inSlots(route: Route, weights: readonly ClusterWeight[]): Weights {
  const slotOf = new Map(Object.entries(route.targets).map(([slot, target]) => [target, slot]));
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  return weights.map(({ cluster, weight }) => ({
    backend: slotOf.get(cluster) ?? cluster,
    percent: roundPercent((weight / sum) * 100),
  }));
}
