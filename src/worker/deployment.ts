import { isGrpcServiceError, type Client } from '@temporalio/client';
import { Runtime, type WorkerDeploymentOptions } from '@temporalio/worker';
import type { WorkerDeployment } from './settings.js';

/** What Temporal gives to the version of a worker: its share of the work, or nothing. */
type Standing = 'current' | 'ramping' | 'idle';

/** How long Temporal may take to say which version is current. */
const ANSWER_MS = 2000;

/** gRPC. */
const NOT_FOUND = 5;

/**
 * What makes a worker part of a deployment. Rollouts move to the current version with their next task: one that is pinned
 * to a version whose workers are gone would accept an abort and never act on it.
 */
export function deploymentOptions({ name, buildId }: WorkerDeployment): WorkerDeploymentOptions {
  return {
    version: { deploymentName: name, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'AUTO_UPGRADE',
  };
}

/** Whether a worker of a version is given work, as Temporal said last. */
export class VersionStanding {
  private known: Standing | 'unknown' = 'unknown';
  private isSilent = false;

  constructor(
    private readonly client: Client,
    private readonly deployment: WorkerDeployment,
  ) {}

  /** As it was told last. */
  get last(): string {
    return this.known;
  }

  get isGivenWork(): boolean {
    return this.known === 'current' || this.known === 'ramping';
  }

  /** Asks Temporal. While it does not answer, what it said last holds. */
  async refresh(): Promise<void> {
    try {
      this.tell(await this.ask());
      this.isSilent = false;
    } catch (error) {
      if (!this.isSilent)
        Runtime.instance().logger.warn('could not ask which version is current', { why: String(error) });
      this.isSilent = true;
    }
  }

  private async ask(): Promise<Standing> {
    const { name: deploymentName, buildId } = this.deployment;
    const { namespace } = this.client.options;
    try {
      const { workerDeploymentInfo } = await this.client.withDeadline(Date.now() + ANSWER_MS, () =>
        this.client.workflowService.describeWorkerDeployment({ namespace, deploymentName }),
      );
      const { currentDeploymentVersion, rampingDeploymentVersion } = workerDeploymentInfo?.routingConfig ?? {};
      if (currentDeploymentVersion?.buildId === buildId) return 'current';
      return rampingDeploymentVersion?.buildId === buildId ? 'ramping' : 'idle';
    } catch (error) {
      // The first worker of a deployment makes it known, a moment after it has begun to poll.
      const code: number | null = isGrpcServiceError(error) ? error.code : null;
      if (code === NOT_FOUND) return 'idle';
      throw error;
    }
  }

  private tell(standing: Standing): void {
    if (standing === this.known) return;
    this.known = standing;
    const { name, buildId } = this.deployment;
    const { logger } = Runtime.instance();
    if (standing !== 'idle') logger.info(`this version of the workers is ${standing}`, { deployment: name, buildId });
    else
      logger.warn('this version of the workers is given no work', {
        deployment: name,
        buildId,
        remedy: `temporal worker deployment set-current-version --deployment-name ${name} --build-id ${buildId}`,
      });
  }
}
