/** To embed a worker, with Headgate's own adapters or with yours. */
export { loadConfig } from '../config/load-config.js';
export type { HeadgateConfig } from '../config/types.js';
export type { HealthProbe, ProbeResult, ProbeTarget } from '../ports/health-probe.js';
export { HookUnansweredError, type Hook, type HookAttempt, type HookObstacle } from '../ports/hooks.js';
export type { Journal, JournalEntry, JournalFilter } from '../ports/journal.js';
export type { MetricSource, SampleQuery, ScalarQuery } from '../ports/metric-source.js';
export type { ObservationStore } from '../ports/observation-store.js';
export { UnknownServiceError, type Ports, type ServicePorts } from '../ports/service.js';
export type {
  InstanceWeights,
  Route,
  SplitObstacle,
  TrafficRouter,
  WeightChange,
  WriteLimits,
  WriteOptions,
} from '../ports/traffic-router.js';
export { fateOfWrite, NO_FENCE, type FencedWrite } from '../domain/traffic/fence.js';
export { createPorts } from '../wiring/create-ports.js';
export { runWorker, type RunWorkerOptions } from './run-worker.js';
export { DEFAULT_WORKER_SETTINGS, type WorkerDeployment, type WorkerSettings } from './settings.js';
export { startWorker, type RunningWorker, type WorkerPlace } from './start-worker.js';
