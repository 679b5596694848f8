import { AdapterUnavailableError } from '../../domain/errors.js';
import type { PreflightPlan } from '../../domain/traffic/guard-plan.js';
import { allToBaseline, splitBetween, type Roles } from '../../domain/traffic/weights.js';
import type { ServicePorts } from '../../ports/service.js';
import { askPatiently } from '../patience.js';
import { NOTHING_FOUND, type Finding } from './finding.js';

/** Whether every split of the plan could be written, the way back included: known before anything has moved. */
export async function lookAtSplits(
  { router, route }: ServicePorts,
  plan: PreflightPlan,
  roles: Roles,
): Promise<Finding> {
  const splits = [
    ...plan.stages.map(({ trafficPercent }) => splitBetween(roles, trafficPercent)),
    allToBaseline(roles),
  ];
  try {
    const obstacles = await askPatiently(() => router.whyNotSplittable(route, splits));
    return { problems: obstacles.map((obstacle) => ({ subject: 'router', ...obstacle })), warnings: [] };
  } catch (error) {
    // That the router cannot be asked is told by the look at the weights.
    if (error instanceof AdapterUnavailableError) return NOTHING_FOUND;
    throw error;
  }
}
