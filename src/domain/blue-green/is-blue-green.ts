import type { StatusBase } from '../rollout/status.js';
import type { BlueGreenStatus } from './status.js';

/** Whether a rollout switches between two environments. */
export function isBlueGreen(status: StatusBase): status is BlueGreenStatus {
  return 'activeEnvironment' in status;
}
