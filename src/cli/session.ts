import type { CommandKind } from './kind.js';
import type { BlueGreenDeployment } from '../client/blue-green/blue-green-deployment.js';
import type { CanaryDeployment } from '../client/canary/canary-deployment.js';
import type { DeploymentMonitor } from '../client/deployment-monitor.js';
import type { DeploymentManager } from '../client/deployment-manager.js';
import type { connectToTemporal } from '../client/temporal.js';
import type { HeadgateConfig } from '../config/types.js';
import type { createJournal, createObservations, createPorts } from '../wiring/create-ports.js';

/** A connection to Temporal. */
export type Client = Awaited<ReturnType<typeof connectToTemporal>>;

/** What the commands ask of the client library. */
export type Rollouts = Pick<
  DeploymentManager,
  | 'start'
  | 'anew'
  | 'undo'
  | 'getDeploymentStatus'
  | 'pause'
  | 'resume'
  | 'setRollbackPolicy'
  | 'rollback'
  | 'emergencyStop'
  | 'list'
  | 'stopTheLine'
  | 'releaseTheLine'
  | 'getLine'
> &
  Pick<CanaryDeployment, 'promoteToNextStage' | 'approve' | 'reject' | 'finish'> &
  Pick<BlueGreenDeployment, 'switchTo'>;

export type Monitor = Pick<DeploymentMonitor, 'checkHealth' | 'getMetrics'>;

export type Ports = ReturnType<typeof createPorts>;
export type Journal = ReturnType<typeof createJournal>;
export type Observations = ReturnType<typeof createObservations>;

/** What is loaded, read and connected when a command first asks for it, and closed when it ends. */
export interface Session {
  /** @throws InvalidSpecError when the file or the environment is refused. */
  config(): Promise<HeadgateConfig>;
  /** @throws ServerUnreachableError */
  client(): Promise<Client>;
  rollouts(): Promise<Rollouts>;
  /** Looks at services through a worker. */
  monitor(): Promise<Monitor>;
  /** The kinds of rollouts that it was given. */
  kinds(): Promise<readonly CommandKind[]>;
  /** The data planes and metrics as configured, reached from here. */
  ports(): Promise<Ports>;
  journal(): Promise<Journal>;
  /** What verdicts were based on. */
  observations(): Promise<Observations>;
  /**
   * From now on a configuration that is refused is told on stderr and done without: to stop a rollout must not wait
   * for a file to be mended.
   */
  tolerateBadConfig(): void;
  close(): Promise<void>;
}
