import type { Client } from '@temporalio/client';
import type { CommandAnswer, ModifiedConfig } from '../domain/rollout/commands.js';
import type { RollbackPolicyOptions } from '../spec/canary-options.js';
import { rollbackPolicyFromOptions } from '../spec/rollback-policy-options.js';
import { Messenger, type Asking, type RolloutRef } from './messenger.js';

/** A changed rollback policy; what is absent stays as it is. */
export interface RollbackPolicyChange {
  /** Instead of the whole policy there was; `null`: none. */
  readonly policy?: RollbackPolicyOptions | null;
  /** `false`: what fails holds and calls a person instead of rolling back. */
  readonly autoRollback?: boolean;
}

export interface DeploymentManagerOptions {
  readonly client: Client;
  /** Where environments share a namespace: put before every workflow id. Default: nothing. */
  readonly workflowIdPrefix?: string;
}

/** What can be decided about a rollout of any kind, from a program. */
export class DeploymentManager {
  private readonly messenger: Messenger;

  constructor({ client, workflowIdPrefix = '' }: DeploymentManagerOptions) {
    this.messenger = new Messenger(client, workflowIdPrefix);
  }

  /**
   * Changes when traffic goes back, on a running rollout: it is guarded anew by the changed policy, the stage that runs
   * included. What has shown of harm so far still counts for every check that stays.
   *
   * @throws InvalidSpecError when the policy makes no sense, with every problem at once.
   * @throws CommandRefusedError when the rollout does not take it.
   * @throws RolloutNotFoundError
   */
  async setRollbackPolicy(
    ref: RolloutRef,
    { policy, autoRollback }: RollbackPolicyChange,
    asking: Asking = {},
  ): Promise<CommandAnswer> {
    return this.messenger.ask(
      ref,
      'setRollbackPolicy',
      {
        ...(policy === undefined ? {} : { policy: policy === null ? null : rollbackPolicyFromOptions(policy) }),
        ...(autoRollback === undefined ? {} : { autoRollback }),
      },
      asking,
    );
  }

  /** Stops the stage clock; guarding goes on. Resumes by itself after `durationMinutes`, when given. */
  pause(
    ref: RolloutRef,
    { durationMinutes, ...asking }: Asking & { readonly durationMinutes?: number } = {},
  ): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'pause', durationMinutes === undefined ? {} : { durationMinutes }, asking);
  }

  /** Lets the clock run again; a changed share (0–1) stays in the same stage and restarts its clock. */
  resume(
    ref: RolloutRef,
    { modifiedConfig, ...asking }: Asking & { readonly modifiedConfig?: ModifiedConfig } = {},
  ): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'resume', modifiedConfig === undefined ? {} : { modifiedConfig }, asking);
  }

  /** Puts all traffic back on the baseline before everything else. Taken by the server also while no worker is up. */
  async emergencyStop(ref: RolloutRef, asking: Asking = {}): Promise<void> {
    await this.messenger.send(ref, 'emergencyStop', {}, asking);
  }
}
