import type { StatusBase } from '../rollout/status.js';
import type { ListedRollout } from '../rollout/listed-rollout.js';
import type { RolloutStatus } from './status.js';

/** The line of a list of a rollout that moves traffic in stages. */
export interface RolloutSummary extends ListedRollout {
  readonly stage: number;
  readonly trafficPercentage: number;
}

/** Whether a rollout moves traffic in stages; one that was read from an old journal does not name its kind. */
export function isStagedTraffic(status: StatusBase): status is RolloutStatus {
  return 'stages' in status && 'trafficPercentage' in status;
}

export function isStagedTrafficLine(line: ListedRollout): line is RolloutSummary {
  return 'stage' in line && 'trafficPercentage' in line;
}
