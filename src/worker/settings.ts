/** What a worker may use. Every default stands here. */
export interface WorkerSettings {
  /** Rollouts kept in memory between their tasks; the others are replayed when needed. */
  readonly maxCachedWorkflows: number;
  /** Its workflows are spread over so many threads: what a killed worker leaves is replayed by two cores, not one. */
  readonly workflowThreads: number;
  /** Stages guarded at once by this worker. */
  readonly maxConcurrentWatches: number;
  /** Hooks asked or told at once; others wait, and delay nothing else. */
  readonly maxConcurrentHooks: number;
  /** Router commands, judgements and records under way at once. */
  readonly maxConcurrentActivities: number;
  /** How long running work may take to end when the worker is asked to stop. */
  readonly shutdownGraceMs: number;
  /** The address that both ports listen on: `127.0.0.1` for this machine alone, `0.0.0.0` in a container. */
  readonly host: string;
  /** Where `/healthz`, `/readyz` and `/metrics` answer; `null` for nowhere, 0 for any free port. */
  readonly healthPort: number | null;
  /** Where Temporal's own metrics can be scraped; `null` for nowhere. */
  readonly metricsPort: number | null;
  readonly logLevel: LogLevel;
  /** Which version of the workers it is, for Temporal's worker versioning; `null`: it takes all work, as every other. */
  readonly deployment: WorkerDeployment | null;
}

/** One version of the workers of a deployment. */
export interface WorkerDeployment {
  /** What all versions have in common. */
  readonly name: string;
  /** Differs from version to version. */
  readonly buildId: string;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export const DEFAULT_WORKER_SETTINGS: WorkerSettings = {
  maxCachedWorkflows: 1000,
  workflowThreads: 2,
  maxConcurrentWatches: 1000,
  maxConcurrentHooks: 100,
  maxConcurrentActivities: 1000,
  shutdownGraceMs: 10_000,
  host: '127.0.0.1',
  healthPort: null,
  metricsPort: null,
  logLevel: 'info',
  deployment: null,
};
