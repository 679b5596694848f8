import type { Client } from '@temporalio/client';
import type { ApprovalDemand, CommandAnswer, ModifiedConfig } from '../domain/stages/commands.js';
import type { CanaryPlan } from '../domain/canary/plan.js';
import type { RolloutStatus } from '../domain/canary/status.js';
import { assertStrategyInTier, type TierName, type TierTable } from '../domain/tier.js';
import { canaryPlanFromOptions, type CanaryOptions } from '../spec/canary-options.js';
import { TASK_QUEUE } from '../workflows/messages.js';
import { RolloutNotFoundError } from './errors.js';
import { DeploymentManager, type RollbackPolicyChange } from './deployment-manager.js';
import { findRollout } from './find-rollout.js';
import { listRollouts, type ListFilter, type RolloutSummary } from './list-rollouts.js';
import { liveStatus } from './live-status.js';
import { idOf, Messenger, type Asking, type RolloutRef } from './messenger.js';
import { startRollout, type Started } from './start-rollout.js';
import type { UndoOptions, UndoStarted } from './undo-rollout.js';
import { waitForPreflight, type PreflightWaitOptions } from './wait-for-preflight.js';
import { waitForRollout, type WaitOptions } from './wait-for-rollout.js';

export interface StartOptions {
  /** The CI run's id, `repository:run:attempt:job`: the same one attaches, in flight or finished. */
  readonly requestId?: string;
  /** Who asks for the rollout. */
  readonly requestedBy?: string;
  /** Roll the version out also where it serves everybody already. Default: then nothing is moved. */
  readonly again?: boolean;
  /** Events after which the workflow continues as new. Default 4,000. */
  readonly historyLimit?: number;
}

export interface CanaryDeploymentOptions {
  readonly client: Client;
  /** Used where a deployment names no service. */
  readonly service?: string;
  /** Where environments share a namespace: put before every workflow id. Default: nothing. */
  readonly workflowIdPrefix?: string;
  /** What the workers poll. Default `headgate`. */
  readonly taskQueue?: string;
  /** The installation's tier: a canary that it does not have is refused. Default `enterprise`. */
  readonly tier?: TierName;
  /** Which strategies each tier has. Default: the table of docs/configuration.md. */
  readonly tiers?: TierTable;
  /** Reads a finished rollout from the journal, when the server has forgotten it. */
  readonly recall?: (id: string) => Promise<RolloutStatus | null>;
}

/** Canary rollouts, from a program: starts them, shows them, and tells them what a person decides. */
export class CanaryDeployment {
  private readonly client: Client;
  private readonly prefix: string;
  private readonly messenger: Messenger;
  private readonly manager: DeploymentManager;

  constructor(private readonly options: CanaryDeploymentOptions) {
    this.client = options.client;
    this.prefix = options.workflowIdPrefix ?? '';
    this.messenger = new Messenger(this.client, this.prefix);
    this.manager = new DeploymentManager(options);
  }

  /**
   * Starts a rollout from options as a program writes them.
   *
   * @throws InvalidSpecError with every problem at once.
   * @throws RolloutInFlightError when the service has one in flight.
   * @throws HeadgateError `STRATEGY_NOT_IN_TIER`
   */
  async createDeployment(options: CanaryOptions, start: StartOptions = {}): Promise<Started> {
    const service = options.service ?? this.options.service;
    return this.start(canaryPlanFromOptions(service === undefined ? options : { ...options, service }), start);
  }

  /** Starts a rollout from a plan that was read from a specification. Errors as {@link createDeployment}. */
  async start(plan: CanaryPlan, start: StartOptions = {}): Promise<Started> {
    const { tier = 'enterprise', tiers } = this.options;
    assertStrategyInTier('canary', tier, tiers);
    return startRollout(
      this.client,
      { plan, ...start },
      { idPrefix: this.prefix, taskQueue: this.options.taskQueue ?? TASK_QUEUE },
    );
  }

  /**
   * Where a rollout stands: live while it runs (at most 10 s old), without a worker too, and from the journal after
   * the server has forgotten it.
   *
   * @throws RolloutNotFoundError
   */
  async getDeploymentStatus(ref: RolloutRef): Promise<RolloutStatus> {
    const id = idOf(ref);
    const found = await findRollout(this.client, id, this.prefix);
    if (found !== null && found.description.status.name === 'RUNNING') return liveStatus(this.client, found);
    const recalled = await this.options.recall?.(found?.id ?? id);
    if (recalled != null) return { ...recalled, worker: 'journal' };
    if (found !== null) return liveStatus(this.client, found);
    throw new RolloutNotFoundError(id);
  }

  /** Changes how a running rollout goes on by itself: its interval (seconds) and which stages need approval. */
  enableAutoProgression(
    ref: RolloutRef,
    change: { readonly monitoringInterval?: number; readonly requireManualApproval?: ApprovalDemand } = {},
    asking: Asking = {},
  ): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'configure', { ...change, autoProgression: true }, asking);
  }

  /** Changes when traffic goes back, on a running rollout. Errors as {@link DeploymentManager.setRollbackPolicy}. */
  setRollbackPolicy(ref: RolloutRef, change: RollbackPolicyChange, asking: Asking = {}): Promise<CommandAnswer> {
    return this.manager.setRollbackPolicy(ref, change, asking);
  }

  /** On to the next stage now; `full`: straight to 100 %. */
  promoteToNextStage(
    ref: RolloutRef,
    { full, ...asking }: Asking & { readonly full?: boolean } = {},
  ): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'promote', full === undefined ? {} : { full }, asking);
  }

  approve(ref: RolloutRef, asking: Asking = {}): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'approve', {}, asking);
  }

  reject(ref: RolloutRef, asking: Asking = {}): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'reject', {}, asking);
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

  /** Ends the rollback window at full load early: the candidate stays. */
  finish(ref: RolloutRef, asking: Asking = {}): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'finish', {}, asking);
  }

  /** Stops and puts all traffic back on the baseline. Accepted by the server also while no worker is up. */
  async rollback(ref: RolloutRef, asking: Asking = {}): Promise<void> {
    await this.messenger.send(ref, 'abort', {}, asking);
  }

  /** As {@link rollback}, before everything else that waits to be done. */
  async emergencyStop(ref: RolloutRef, asking: Asking = {}): Promise<void> {
    await this.messenger.send(ref, 'emergencyStop', {}, asking);
  }

  /** Goes back to what served before, also after the end. Errors as {@link DeploymentManager.undo}. */
  undo(service: string, options: UndoOptions = {}): Promise<UndoStarted> {
    return this.manager.undo(service, options);
  }

  /**
   * Waits until the preflight has answered, 10 s at most: a status with `currentStage` 0 and no outcome means that it has
   * not yet. The rollout goes on when the waiting ends.
   */
  waitForPreflight(ref: RolloutRef, options: PreflightWaitOptions = {}): Promise<RolloutStatus> {
    return waitForPreflight(() => this.getDeploymentStatus(ref), options);
  }

  /** Waits for an outcome, an approval or a stage. The rollout goes on when the waiting ends. */
  wait(ref: RolloutRef, options: WaitOptions = {}): Promise<RolloutStatus> {
    return waitForRollout(() => this.getDeploymentStatus(ref), options);
  }

  list(filter: ListFilter = {}): Promise<RolloutSummary[]> {
    return listRollouts(this.client, filter, this.prefix);
  }
}
