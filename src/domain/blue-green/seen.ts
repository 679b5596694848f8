import { formatPercent } from '../percent.js';
import type { BackendHealth } from '../health/health.js';
import type { ServerRecord, Sight } from '../rollout/kinds.js';
import type { StatusBase } from '../rollout/status.js';
import { BLUE_GREEN } from '../search-attributes.js';
import { recordedStatus as recordedTraffic } from '../staged-traffic/recorded-status.js';
import type { WatchPicture } from '../traffic/picture.js';
import type { BlueGreenStatus } from './status.js';

/** The status with how both environments were when the watch looked last. */
export function withHealth(status: BlueGreenStatus, { picture }: Sight): BlueGreenStatus {
  const { health } = (picture as WatchPicture | null) ?? {};
  const { roles, activeEnvironment } = status;
  if (health === undefined || roles === null || status.isComplete) return status;
  const environments = { [roles.baseline]: health.baseline, [roles.candidate]: health.candidate };
  const shown = Object.entries(environments).map(([name, one]) => lineOf(name, one, name === activeEnvironment));
  return { ...status, health: environments, shown };
}

function lineOf(name: string, { health, endpoints }: BackendHealth, isActive: boolean): string {
  const known = health === null ? 'health unknown' : `${formatPercent(health * 100)} healthy`;
  const failing = Object.values(endpoints).find(({ success }) => success !== null && success < 1)?.lastFailure;
  return `${name}${isActive ? ' (serves)' : ' (idle)'}: ${known}${failing == null ? '' : `, last failure: ${failing}`}`;
}

/** A blue-green rollout as the server alone knows it: before its end only a worker knows which environment serves. */
export function recordedStatus(common: StatusBase, record: ServerRecord): BlueGreenStatus {
  const traffic = recordedTraffic(common, record);
  return {
    ...traffic,
    strategy: BLUE_GREEN,
    activeEnvironment: traffic.desired?.find(({ percent }) => percent === 100)?.backend ?? null,
    isPrepared: true,
    switchingTo: null,
  };
}
