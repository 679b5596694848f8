/** Headgate from a program: start rollouts, look at them, tell them what a person decides. */
export {
  BlueGreenDeployment,
  type EnvironmentHealth,
  type HealthStatus,
} from './client/blue-green/blue-green-deployment.js';
export {
  CanaryDeployment,
  type CanaryDeploymentOptions,
  type StartOptions,
} from './client/canary/canary-deployment.js';
export {
  DeploymentManager,
  type DeploymentManagerOptions,
  type RollbackPolicyChange,
} from './client/deployment-manager.js';
export {
  DeploymentMonitor,
  type CheckHealthOptions,
  type DeploymentHealth,
  type DeploymentMetrics,
  type DeploymentMonitorOptions,
  type CheckedEnvironment,
  type GetMetricsOptions,
  type HealthCheckConfig,
} from './client/deployment-monitor.js';
export {
  CommandRefusedError,
  LineRefusedError,
  LineStoppedError,
  NamespaceNotReadyError,
  NothingStoppedError,
  NoWorkerError,
  RolloutInFlightError,
  RolloutNotFoundError,
  ScopeError,
  ServerUnreachableError,
} from './client/errors.js';
export type { ListFilter } from './client/list-rollouts.js';
export {
  isStagedTraffic,
  isStagedTrafficLine,
  type RolloutSummary,
} from './domain/staged-traffic/is-staged-traffic.js';
export { blueGreen } from './domain/blue-green/kind.js';
export type { BlueGreenPlan, EnvironmentConfig } from './domain/blue-green/plan.js';
export type { BlueGreenStatus } from './domain/blue-green/status.js';
export { canary } from './domain/canary/kind.js';
export type { CommandOptions, RolloutRef } from './client/messenger.js';
export type { Started } from './client/start-rollout.js';
export type { LineStopped, LineView, Released, ReleaseOptions, StopTheLineOptions } from './client/stop-the-line.js';
export { connectToTemporal, type ConnectOptions } from './client/temporal.js';
export type { UndoOptions, UndoStarted } from './client/undo-rollout.js';
export type { PreflightWaitOptions } from './client/wait-for-preflight.js';
export { WaitTimedOutError, type Awaited, type WaitOptions } from './client/wait-for-rollout.js';
export {
  AdapterUnavailableError,
  ChangesNotMadeError,
  HeadgateError,
  InvalidSpecError,
  StaleFenceError,
  WeightsNotLastingError,
  type Problem,
} from './domain/errors.js';
export type { BackendHealth, EndpointHealth } from './domain/health/health.js';
export type { EndpointCheck, HealthEndpoint, JsonExpectation } from './domain/health/health-plan.js';
export type { ServiceMetrics, TrafficMetrics } from './domain/traffic/service-metrics.js';
export type { StatusBase } from './domain/rollout/status.js';
export type { ListedRollout } from './domain/rollout/listed-rollout.js';
export type { ApprovalDemand, CommandAnswer, ModifiedConfig } from './domain/stages/commands.js';
export {
  createKinds,
  type Kinds,
  type PreparedStart,
  type RecordedEnd,
  type RolloutInput,
  type RolloutKind,
  type ServerRecord,
  type Sight,
  type UndoRequest,
  type UndoRules,
} from './domain/rollout/kinds.js';
export type { Freeze, FrozenBy } from './domain/stop-the-line/freeze.js';
export type { EndedStopStatus, LineStatus, LineStopStatus } from './domain/stop-the-line/status.js';
export type { Outcome, Phase } from './domain/rollout/phase.js';
export type { CheckPicture } from './domain/traffic/picture.js';
export type { RollbackPolicy } from './domain/stages/rollback-policy.js';
export type { CanaryPlan } from './domain/canary/plan.js';
export type { StagePlan } from './domain/stages/plan.js';
export type { RolloutStatus } from './domain/staged-traffic/status.js';
export type { StageStatus } from './domain/stages/status.js';
export type { StatusEvent } from './domain/rollout/status.js';
export type { BackendWeight, Roles, Weights } from './domain/traffic/weights.js';
export type { BlueGreenOptions } from './spec/blue-green/blue-green-options.js';
export type { CanaryOptions, CanaryStageOptions } from './spec/canary/canary-options.js';
export type { GuardOptions, RollbackPolicyOptions, SuccessCriterion } from './spec/staged-traffic/guard-options.js';
