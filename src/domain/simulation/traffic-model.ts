import type { LatencyModel } from './latency.js';

/** How one version answers. */
export interface VersionModel {
  /** The share of requests that fail, 0–1. */
  readonly errorRate: number;
  readonly latency: LatencyModel;
}

/** How the candidate goes bad. */
export interface Degradation {
  /** When, from the rollout's first percent on. */
  readonly atMs: number;
  /** Over so long, along a straight line; 0 is at once. */
  readonly overMs: number;
  readonly to: VersionModel;
}

/** Something that hits both versions at once, such as a database that is away, again and again at random. */
export interface ShockModel {
  /** So far apart on average. */
  readonly everyMs: number;
  readonly lastMs: number;
  /** The share of requests that fail while it lasts, 0–1. */
  readonly errorRate: number;
}

/** Synthetic traffic of a service. */
export interface TrafficModel {
  /** Of the whole service. */
  readonly requestsPerSecond: number;
  readonly baseline: VersionModel;
  readonly candidate: VersionModel;
  /** `null`: the candidate stays as it is. */
  readonly degradation: Degradation | null;
  /** φ: how much more failures scatter than independent ones; 1 is not at all. */
  readonly dispersion: number;
  readonly shocks: ShockModel | null;
}
