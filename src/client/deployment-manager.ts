import type { Client } from '@temporalio/client';
import type { CommandAnswer, ModifiedConfig } from '../domain/stages/commands.js';
import type { RollbackPolicyOptions } from '../spec/canary-options.js';
import { rollbackPolicyFromOptions } from '../spec/rollback-policy-options.js';
import { TASK_QUEUE } from '../workflows/messages.js';
import { Messenger, type Asking, type RolloutRef } from './messenger.js';
import { undoRollout, type UndoOptions, type UndoStarted } from './undo-rollout.js';

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
  /** What the workers poll. Default `headgate`. */
  readonly taskQueue?: string;
}

/** What can be decided about a rollout of any kind, from a program. */
export class DeploymentManager {
  private readonly messenger: Messenger;

  constructor(private readonly options: DeploymentManagerOptions) {
    this.messenger = new Messenger(options.client, options.workflowIdPrefix ?? '');
  }

  /**
   * Goes back to what served before, also after the rollout has ended: a rollout of its own, in one stage, guarded by the
   * checks of the one that it undoes unless it is to be at once. Where a rollout is in flight, that one is aborted instead.
   *
   * Whether it can go back is found by its preflight: the backend must hold what served, and be healthy.
   *
   * @throws RolloutInFlightError when the rollout in flight goes to where the undo shall go.
   * @throws NamespaceNotReadyError
   */
  undo(service: string, undo: UndoOptions = {}): Promise<UndoStarted> {
    const { client, workflowIdPrefix: idPrefix = '', taskQueue = TASK_QUEUE } = this.options;
    return undoRollout(client, service, undo, { idPrefix, taskQueue });
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
