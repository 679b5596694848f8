/** The two lasting slots of every service. */
export const SLOTS = ['blue', 'green'] as const;
export type Slot = (typeof SLOTS)[number];

/** Which slot answered a user. */
export const SERVED_BY = 'x-served-by';

/** By which the data plane knows a user. */
export const USER_HEADER = 'x-user';

/** Where a backend says which version it runs. */
export const VERSION_PATH = '/version';

/** By which it tells the services apart. */
export function pathOf(service: string): string {
  return `/${service}/`;
}

/** Milliseconds per cell of the gateway's counters: fine, for stages of seconds. */
export const GRAIN_MS = 100;

/** What only this data plane calls a slot: an Envoy counts for all routes of a cluster together. */
export function clusterOf(service: string, slot: Slot): string {
  return `${service}-${slot}`;
}
