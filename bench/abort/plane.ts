import type { Reaper } from '../../src/dev/process/reaper.js';
import type { Releasers } from '../../src/dev/releasers.js';
import { startEnvoyPlane } from './envoy-plane.js';
import { startGatewayPlane } from './gateway-plane.js';
import type { PlaneAddress } from './plane-ports.js';
import type { AbortSettings, BenchRouter } from './settings.js';
import type { Shares } from './shares.js';
import type { SidesOf } from './users.js';

/** The data plane of a run: a route for each rollout and for each of the floor's bare workflows. */
export interface BenchPlane {
  readonly trafficUrl: string;
  /** By which the worker reaches it. */
  readonly address: PlaneAddress;
  /** As it tells itself. */
  readonly shares: Shares;
  /** As its users see it; `null` where only the plane itself is asked. */
  readonly seen: Shares | null;
  readonly sidesOf: SidesOf;
  /** `null` where nobody can say from when on a bad request could be known. */
  readonly setCandidateFails: ((fails: boolean) => Promise<void>) | null;
}

export interface PlaneOptions {
  readonly settings: AbortSettings;
  readonly services: readonly string[];
  /** The routes of the floor; there the candidate has its share from the beginning. */
  readonly floors: readonly string[];
  readonly directory: string;
  readonly reaper: Reaper;
}

const PLANES: Readonly<Record<BenchRouter, (options: PlaneOptions, releasers: Releasers) => Promise<BenchPlane>>> = {
  gateway: startGatewayPlane,
  envoy: startEnvoyPlane,
};

export async function startPlane(options: PlaneOptions, releasers: Releasers): Promise<BenchPlane> {
  return PLANES[options.settings.router](options, releasers);
}
