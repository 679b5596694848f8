import type { RoundSize } from './schedule/generate.js';

/** What two cores carry without being the fault themselves; about a minute and a half. */
export const FULL: RoundSize = {
  services: 8,
  workers: 2,
  durationMs: 60_000,
  requestsPerSecond: 40,
  pauseBetweenFaultsMs: 4000,
};

/** Some seconds, for the project's own tests. */
export const SHORT: RoundSize = { ...FULL, services: 3, durationMs: 6000, pauseBetweenFaultsMs: 1500 };
