import type { ServerRecord } from '../rollout/kinds.js';
import type { StatusBase } from '../rollout/status.js';
import { recordedStatus as recordedTraffic } from '../staged-traffic/recorded-status.js';
import type { BlueGreenStatus } from './status.js';

/** A blue-green rollout as the server alone knows it: which environment serves, only a worker knows. */
export function recordedStatus(common: StatusBase, record: ServerRecord): BlueGreenStatus {
  return { ...recordedTraffic(common, record), activeEnvironment: null, isPrepared: true, switchingTo: null };
}
