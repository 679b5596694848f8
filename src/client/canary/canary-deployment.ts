import type { StatusBase } from '../../domain/rollout/status.js';
import type { Client } from '@temporalio/client';
import {
  isStagedTraffic,
  isStagedTrafficLine,
  type RolloutSummary,
} from '../../domain/staged-traffic/is-staged-traffic.js';
import { canary } from '../../domain/canary/kind.js';
import { HeadgateError } from '../../domain/errors.js';
import type { ApprovalDemand, CommandAnswer, ModifiedConfig } from '../../domain/stages/commands.js';
import { createKinds } from '../../domain/rollout/kinds.js';
import type { CanaryPlan } from '../../domain/canary/plan.js';
import type { RolloutStatus } from '../../domain/staged-traffic/status.js';
import type { TierName, TierTable } from '../../domain/tier.js';
import { canaryPlanFromOptions, type CanaryOptions } from '../../spec/canary/canary-options.js';
import { DeploymentManager, type RollbackPolicyChange } from '../deployment-manager.js';
import type { ListFilter } from '../list-rollouts.js';
import { Messenger, type CommandOptions, type RolloutRef } from '../messenger.js';
import type { Started } from '../start-rollout.js';
import type { UndoOptions, UndoStarted } from '../undo-rollout.js';
import { waitForPreflight, type PreflightWaitOptions } from '../wait-for-preflight.js';
import { waitForRollout, type WaitOptions } from '../wait-for-rollout.js';

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
  /** The installation's tier: what it does not have is refused. Default `enterprise`. */
  readonly tier?: TierName;
  /** Which strategies each tier has. Default: the table of docs/configuration.md. */
  readonly tiers?: TierTable;
  /** Reads a finished rollout from the journal, when the server has forgotten it. */
  readonly recall?: (id: string) => Promise<StatusBase | null>;
}

const ONLY_CANARIES = createKinds([canary]);

/** Canary rollouts, from a program: what every rollout has, and what only a canary has. */
export class CanaryDeployment {
  private readonly messenger: Messenger;
  private readonly manager: DeploymentManager;

  constructor(private readonly options: CanaryDeploymentOptions) {
    this.messenger = new Messenger(options.client, options.workflowIdPrefix ?? '');
    this.manager = new DeploymentManager({ ...options, kinds: ONLY_CANARIES });
  }

  /**
   * Starts a rollout from options as a program writes them.
   *
   * @throws InvalidSpecError with every problem at once.
   * @throws RolloutInFlightError when the service has one in flight.
   * @throws HeadgateError `STRATEGY_NOT_IN_TIER`, `MONITORING_NOT_IN_TIER`
   */
  async createDeployment(options: CanaryOptions, start: StartOptions = {}): Promise<Started> {
    const service = options.service ?? this.options.service;
    return this.start(canaryPlanFromOptions(service === undefined ? options : { ...options, service }), start);
  }

  /** Starts a rollout from a plan that was read from a specification. Errors as {@link createDeployment}. */
  async start(plan: CanaryPlan, start: StartOptions = {}): Promise<Started> {
    return this.manager.start(canary.strategy, { plan, ...start });
  }

  /** Where a rollout stands. Errors as {@link DeploymentManager.getDeploymentStatus}. */
  async getDeploymentStatus(ref: RolloutRef): Promise<RolloutStatus> {
    const status = await this.manager.getDeploymentStatus(ref);
    if (isStagedTraffic(status)) return status;
    throw new HeadgateError('UNKNOWN_KIND', `${status.id} is no canary`, {
      expected: 'a canary',
      remedy: 'Look at it with DeploymentManager',
    });
  }

  /** Changes how a running rollout goes on by itself: its interval (seconds) and which stages need approval. */
  enableAutoProgression(
    ref: RolloutRef,
    change: { readonly monitoringInterval?: number; readonly requireManualApproval?: ApprovalDemand } = {},
    options: CommandOptions = {},
  ): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'configure', { ...change, autoProgression: true }, options);
  }

  /** On to the next stage now; `full`: straight to 100 %. */
  promoteToNextStage(
    ref: RolloutRef,
    { full, ...options }: CommandOptions & { readonly full?: boolean } = {},
  ): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'promote', full === undefined ? {} : { full }, options);
  }

  approve(ref: RolloutRef, options: CommandOptions = {}): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'approve', {}, options);
  }

  reject(ref: RolloutRef, options: CommandOptions = {}): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'reject', {}, options);
  }

  /** Ends the rollback window at full load early: the candidate stays. */
  finish(ref: RolloutRef, options: CommandOptions = {}): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'finish', {}, options);
  }

  /** As {@link DeploymentManager.setRollbackPolicy}. */
  setRollbackPolicy(
    ref: RolloutRef,
    change: RollbackPolicyChange,
    options: CommandOptions = {},
  ): Promise<CommandAnswer> {
    return this.manager.setRollbackPolicy(ref, change, options);
  }

  /** As {@link DeploymentManager.pause}. */
  pause(ref: RolloutRef, options: CommandOptions & { readonly durationMinutes?: number } = {}): Promise<CommandAnswer> {
    return this.manager.pause(ref, options);
  }

  /** As {@link DeploymentManager.resume}. */
  resume(
    ref: RolloutRef,
    options: CommandOptions & { readonly modifiedConfig?: ModifiedConfig } = {},
  ): Promise<CommandAnswer> {
    return this.manager.resume(ref, options);
  }

  /** Stops and puts all traffic back on the baseline. Accepted by the server also while no worker is up. */
  rollback(ref: RolloutRef, options: CommandOptions = {}): Promise<void> {
    return this.manager.rollback(ref, options);
  }

  /** As {@link rollback}, before everything else that waits to be done. */
  emergencyStop(ref: RolloutRef, options: CommandOptions = {}): Promise<void> {
    return this.manager.emergencyStop(ref, options);
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
  wait(ref: RolloutRef, options: WaitOptions<RolloutStatus> = {}): Promise<RolloutStatus> {
    return waitForRollout(() => this.getDeploymentStatus(ref), options);
  }

  async list(filter: ListFilter = {}): Promise<RolloutSummary[]> {
    return (await this.manager.list(filter)).filter(isStagedTrafficLine);
  }
}
