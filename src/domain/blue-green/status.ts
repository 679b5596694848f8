import type { BackendHealth } from '../health/health.js';
import type { RolloutStatus } from '../staged-traffic/status.js';
import type { EnvironmentConfig } from './plan.js';
import type { StatusBase } from '../rollout/status.js';

/** Where a blue-green rollout stands. */
export interface BlueGreenStatus extends RolloutStatus {
  /** The environment that has the traffic; `null` where it is not known. */
  readonly activeEnvironment: string | null;
  /** Whether the idle environment is up, as far as its hook says. */
  readonly isPrepared: boolean;
  /** The environment that a switch is under way to; `null`: none is. */
  readonly switchingTo: string | null;
  /** How each environment is, by name, as the watch has seen it last. Absent: nobody has looked yet. */
  readonly health?: Readonly<Record<string, BackendHealth>>;
  /** What each environment is brought up with. Absent: only the server has told of it. */
  readonly environments?: Readonly<Record<string, EnvironmentConfig>>;
}

/** Whether a rollout switches between two environments. */
export function isBlueGreen(status: StatusBase): status is BlueGreenStatus {
  return 'activeEnvironment' in status;
}
