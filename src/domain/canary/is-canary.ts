import type { StatusBase } from '../rollout/status.js';
import type { ListedRollout } from '../rollout/listed-rollout.js';
import type { RolloutStatus } from './status.js';

/** A canary's line of a list. */
export interface RolloutSummary extends ListedRollout {
  readonly stage: number;
  readonly trafficPercentage: number;
}

/** Whether a rollout goes in stages of traffic; one that was read from an old journal does not name its kind. */
export function isCanary(status: StatusBase): status is RolloutStatus {
  return 'stages' in status && 'trafficPercentage' in status;
}

export function isCanaryLine(line: ListedRollout): line is RolloutSummary {
  return 'stage' in line && 'trafficPercentage' in line;
}
