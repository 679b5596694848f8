import type { ServerRecord } from '../rollout/kinds.js';
import { BLUE_GREEN } from '../search-attributes.js';
import type { StatusBase } from '../rollout/status.js';
import { recordedStatus as recordedTraffic } from '../staged-traffic/recorded-status.js';
import type { BlueGreenStatus } from './status.js';

/** A blue-green rollout as the server alone knows it: which environment serves, only a worker knows. */
export function recordedStatus(common: StatusBase, record: ServerRecord): BlueGreenStatus {
  return {
    ...recordedTraffic(common, record),
    strategy: BLUE_GREEN,
    activeEnvironment: null,
    isPrepared: true,
    switchingTo: null,
  };
}
