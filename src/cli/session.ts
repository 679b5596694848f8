import type { Client } from '@temporalio/client';
import type { CanaryDeployment } from '../client/canary-deployment.js';

/** What the commands ask of the client library. */
export type Rollouts = Pick<
  CanaryDeployment,
  | 'start'
  | 'getDeploymentStatus'
  | 'promoteToNextStage'
  | 'approve'
  | 'reject'
  | 'pause'
  | 'resume'
  | 'finish'
  | 'rollback'
  | 'emergencyStop'
  | 'list'
>;

/** What is loaded, read and connected when a command first asks for it, and closed when it ends. */
export interface Session {
  /** @throws ServerUnreachableError */
  client(): Promise<Client>;
  rollouts(): Promise<Rollouts>;
  close(): Promise<void>;
}
