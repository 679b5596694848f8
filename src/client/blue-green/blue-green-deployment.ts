import { isBlueGreen } from '../../domain/blue-green/status.js';
import { blueGreen } from '../../domain/blue-green/kind.js';
import type { BlueGreenPlan } from '../../domain/blue-green/plan.js';
import type { BlueGreenStatus } from '../../domain/blue-green/status.js';
import type { SwitchCommand } from '../../domain/blue-green/commands.js';
import { HeadgateError } from '../../domain/errors.js';
import { createKinds } from '../../domain/rollout/kinds.js';
import type { CommandAnswer } from '../../domain/stages/commands.js';
import { blueGreenPlanFromOptions, type BlueGreenOptions } from '../../spec/blue-green/blue-green-options.js';
import type { CanaryDeploymentOptions, StartOptions } from '../canary/canary-deployment.js';
import { DeploymentManager, type RollbackPolicyChange } from '../deployment-manager.js';
import { Messenger, type CommandOptions, type RolloutRef } from '../messenger.js';
import type { Started } from '../start-rollout.js';
import { waitForRollout, type WaitOptions } from '../wait-for-rollout.js';
import { healthStatusOf, type HealthStatus } from './health-status.js';

export type { EnvironmentHealth, HealthStatus } from './health-status.js';

/** What a switch may say besides. */
export interface SwitchOptions extends CommandOptions {
  /** Whether the environment must be known to be healthy. @default true */
  readonly validateHealth?: boolean;
}

const ONLY_BLUE_GREEN = createKinds([blueGreen]);

/**
 * Blue-green rollouts, from a program: traffic is switched between two environments, and goes back by itself when the new
 * one is bad and the old one is known to be healthy.
 *
 * @example
 * ```ts
 * const blueGreen = new BlueGreenDeployment({ client, service: 'search' });
 * const rollout = await blueGreen.createDeployment({ greenConfig: { version: 'v1.1.0' }, healthCheckInterval: 30 });
 * await blueGreen.switchToGreen(rollout, { validateHealth: true });
 * await blueGreen.finish(rollout);
 * ```
 */
export class BlueGreenDeployment {
  private readonly messenger: Messenger;
  private readonly manager: DeploymentManager;

  constructor(private readonly options: CanaryDeploymentOptions) {
    this.messenger = new Messenger(options.client, options.workflowIdPrefix ?? '');
    this.manager = new DeploymentManager({ ...options, kinds: ONLY_BLUE_GREEN });
  }

  /**
   * Starts a rollout: the idle environment is brought up and probed, and nothing is switched before somebody says so.
   *
   * @throws InvalidSpecError with every problem at once.
   * @throws RolloutInFlightError when the service has one in flight.
   * @throws HeadgateError `STRATEGY_NOT_IN_TIER`, `MONITORING_NOT_IN_TIER`
   */
  async createDeployment(options: BlueGreenOptions = {}, start: StartOptions = {}): Promise<Started> {
    const service = options.service ?? this.options.service;
    return this.start(blueGreenPlanFromOptions(service === undefined ? options : { ...options, service }), start);
  }

  /** Starts a rollout from a plan that was read from a specification. Errors as {@link createDeployment}. */
  async start(plan: BlueGreenPlan, start: StartOptions = {}): Promise<Started> {
    return this.manager.start(blueGreen.strategy, { plan, ...start });
  }

  /**
   * All traffic to green. Answers when every instance of the data plane has it; where it is there already, nothing is moved.
   *
   * @throws CommandRefusedError `NOT_HEALTHY` when green is not known to be healthy: nothing has moved.
   */
  switchToGreen(ref: RolloutRef, options: SwitchOptions = {}): Promise<CommandAnswer> {
    return this.switchTo(ref, 'green', options);
  }

  /** All traffic to blue. As {@link switchToGreen}. */
  switchToBlue(ref: RolloutRef, options: SwitchOptions = {}): Promise<CommandAnswer> {
    return this.switchTo(ref, 'blue', options);
  }

  /** All traffic to an environment, by the name of its backend. As {@link switchToGreen}. */
  switchTo(ref: RolloutRef, to: string, { validateHealth, ...options }: SwitchOptions = {}): Promise<CommandAnswer> {
    const command: SwitchCommand = { to, ...(validateHealth === undefined ? {} : { validateHealth }) };
    return this.messenger.ask(ref, 'switch', command, options);
  }

  /** How both environments are, and which of them serves: live, over the newest 20 probes of each endpoint. */
  async getHealthStatus(ref: RolloutRef): Promise<HealthStatus> {
    return healthStatusOf(await this.getDeploymentStatus(ref));
  }

  /** Where a rollout stands. Errors as {@link DeploymentManager.getDeploymentStatus}. */
  async getDeploymentStatus(ref: RolloutRef): Promise<BlueGreenStatus> {
    const status = await this.manager.getDeploymentStatus(ref);
    if (isBlueGreen(status)) return status;
    throw new HeadgateError('UNKNOWN_KIND', `${status.id} is no blue-green rollout`, {
      expected: 'a blue-green rollout',
      remedy: 'Look at it with DeploymentManager',
    });
  }

  /** Back to the environment that served before the rollout, and the end of it. Accepted also while no worker is up. */
  rollback(ref: RolloutRef, options: CommandOptions = {}): Promise<void> {
    return this.manager.rollback(ref, options);
  }

  /** Ends the rollback window early: the new environment stays, and the service is free for the next rollout. */
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
  resume(ref: RolloutRef, options: CommandOptions = {}): Promise<CommandAnswer> {
    return this.manager.resume(ref, options);
  }

  /** As {@link rollback}, before everything else. */
  emergencyStop(ref: RolloutRef, options: CommandOptions = {}): Promise<void> {
    return this.manager.emergencyStop(ref, options);
  }

  /** Waits for an outcome or for a person. The rollout goes on when the waiting ends. */
  wait(ref: RolloutRef, options: WaitOptions<BlueGreenStatus> = {}): Promise<BlueGreenStatus> {
    return waitForRollout(() => this.getDeploymentStatus(ref), options);
  }
}
