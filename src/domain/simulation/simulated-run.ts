/** From when on the candidate had so much of the traffic. */
export interface ShareChange {
  readonly atMs: number;
  readonly sharePercent: number;
}

/** How one simulated rollout came out. Times are milliseconds since its first percent. */
export interface SimulatedRun {
  /** `held`: it stands where it is until a person decides. */
  readonly outcome: 'promoted' | 'rolledBack' | 'aborted' | 'held';
  readonly endedAtMs: number;
  /** When the last stage began. */
  readonly fullAtMs: number | null;
  /** Requests that met the candidate from the moment on at which it went bad. */
  readonly exposedRequests: number;
  readonly shares: readonly ShareChange[];
}

/** Every rollout under one policy. */
export interface PolicyRuns {
  readonly policy: string;
  readonly healthy: readonly SimulatedRun[];
  /** `null` where no candidate goes bad. */
  readonly bad: readonly SimulatedRun[] | null;
}
