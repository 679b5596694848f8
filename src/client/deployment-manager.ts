import type { Client } from '@temporalio/client';
import { HeadgateError } from '../domain/errors.js';
import type { StatusBase } from '../domain/rollout/status.js';
import type { ListedRollout } from '../domain/rollout/listed-rollout.js';
import type { CommandAnswer, ModifiedConfig } from '../domain/stages/commands.js';
import type { Anew, Kinds, RolloutKind } from '../domain/rollout/kinds.js';
import { checksOfPolicy } from '../domain/stages/rollback-policy.js';
import {
  assertMonitoringInTier,
  DEFAULT_TIER,
  type InstalledTier,
  type TierName,
  type TierTable,
} from '../domain/tier.js';
import type { RollbackPolicyOptions } from '../spec/staged-traffic/guard-options.js';
import { rollbackPolicyFromOptions } from '../spec/rollback-policy-options.js';
import { TASK_QUEUE } from '../workflows/messages.js';
import { RolloutNotFoundError } from './errors.js';
import { findRollout, type FoundRollout } from './find-rollout.js';
import { kindOf } from './kind-of.js';
import { KINDS } from './kinds.js';
import { listRollouts, type ListFilter } from './list-rollouts.js';
import { liveStatus } from './live-status.js';
import { idOf, Messenger, type CommandOptions, type RolloutRef } from './messenger.js';
import { readInput } from './rollout-history.js';
import { prepareStart, startRollout, type Place, type Started } from './start-rollout.js';
import {
  lookAtLine,
  releaseTheLine,
  stopTheLine,
  type LineStopped,
  type LineView,
  type Released,
  type ReleaseOptions,
  type StopTheLineOptions,
} from './stop-the-line.js';
import { undoRollout, type UndoOptions, type UndoStarted } from './undo-rollout.js';
import { waitForRollout, type WaitOptions } from './wait-for-rollout.js';

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
  /** The kinds of rollouts that there are, by `createKinds`. Default: those that Headgate comes with. */
  readonly kinds?: Kinds;
  /** The installation's tier: what it does not have is refused. Default `enterprise`. */
  readonly tier?: TierName;
  /** Which strategies each tier has. Default: the table of docs/configuration.md. */
  readonly tiers?: TierTable;
  /** Reads a finished rollout from the journal, when the server has forgotten it. */
  readonly recall?: (id: string) => Promise<StatusBase | null>;
}

/** What is common to rollouts of every kind, from a program: starts, finds, lists, shows, awaits and stops them. */
export class DeploymentManager {
  private readonly client: Client;
  private readonly place: Place;
  private readonly messenger: Messenger;

  constructor(private readonly options: DeploymentManagerOptions) {
    const { client, workflowIdPrefix: idPrefix = '', taskQueue = TASK_QUEUE, kinds = KINDS } = options;
    this.client = client;
    this.place = { idPrefix, taskQueue, kinds, tier: tierOf(options) };
    this.messenger = new Messenger(client, idPrefix);
  }

  /**
   * Starts a rollout of one of the kinds, from what its workflow takes.
   *
   * @param strategy the kind, e.g. `canary`
   * @throws InvalidSpecError with every problem at once.
   * @throws RolloutInFlightError when the service has one in flight.
   * @throws HeadgateError `UNKNOWN_KIND`, `STRATEGY_NOT_IN_TIER`, `MONITORING_NOT_IN_TIER`
   */
  async start(strategy: string, input: unknown): Promise<Started> {
    return startRollout(this.client, this.kindNamed(strategy), input, this.place);
  }

  /**
   * What starts the same rollout anew, as long as the server remembers what started it.
   *
   * @throws RolloutNotFoundError
   * @throws HeadgateError `UNKNOWN_KIND` when its kind was not handed in.
   */
  async anew(ref: RolloutRef): Promise<Anew & { readonly strategy: string; readonly service: string }> {
    const id = idOf(ref);
    const found = await findRollout(this.client, id, this.place.idPrefix);
    const given = found === null ? null : await readInput(this.client, found);
    if (found === null || given === null) throw new RolloutNotFoundError(id);
    const kind = kindOf(this.place.kinds, found);
    const { input } = prepareStart(kind, given);
    return { ...(kind.anew?.(input) ?? { plan: input.plan }), strategy: kind.strategy, service: input.plan.service };
  }

  /**
   * Where a rollout stands: live while it runs (at most 10 s old), without a worker too, and from the journal after
   * the server has forgotten it.
   *
   * @throws RolloutNotFoundError
   * @throws HeadgateError `UNKNOWN_KIND` when its kind was not handed in.
   */
  async getDeploymentStatus(ref: RolloutRef): Promise<StatusBase> {
    const id = idOf(ref);
    const found = await findRollout(this.client, id, this.place.idPrefix);
    if (found !== null && found.description.status.name === 'RUNNING') return this.live(found);
    const recalled = await this.options.recall?.(found?.id ?? id);
    if (recalled != null) return { ...recalled, worker: 'journal' };
    if (found !== null) return this.live(found);
    throw new RolloutNotFoundError(id);
  }

  /** The rollouts of the kinds that were handed in, newest first. */
  list(filter: ListFilter = {}): Promise<ListedRollout[]> {
    return listRollouts(this.client, this.place.kinds, filter, this.place.idPrefix);
  }

  /** Waits for an outcome or an approval. The rollout goes on when the waiting ends. */
  wait(ref: RolloutRef, options: WaitOptions = {}): Promise<StatusBase> {
    return waitForRollout(() => this.getDeploymentStatus(ref), options);
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
    return undoRollout(this.client, service, undo, this.place);
  }

  /**
   * Changes when traffic goes back, on a running rollout: it is guarded anew by the changed policy, the stage that runs
   * included. What has shown of harm so far still counts for every check that stays.
   *
   * @throws InvalidSpecError when the policy makes no sense, with every problem at once.
   * @throws CommandRefusedError when the rollout does not take it.
   * @throws RolloutNotFoundError
   * @throws HeadgateError `MONITORING_NOT_IN_TIER`
   */
  async setRollbackPolicy(
    ref: RolloutRef,
    { policy, autoRollback }: RollbackPolicyChange,
    options: CommandOptions = {},
  ): Promise<CommandAnswer> {
    const next = policy == null ? policy : rollbackPolicyFromOptions(policy);
    if (next != null) assertMonitoringInTier({ checks: checksOfPolicy(next), policy: true }, this.place.tier.tier);
    return this.messenger.ask(
      ref,
      'setRollbackPolicy',
      { ...(next === undefined ? {} : { policy: next }), ...(autoRollback === undefined ? {} : { autoRollback }) },
      options,
    );
  }

  /** Stops the stage clock; guarding goes on. Resumes by itself after `durationMinutes`, when given. */
  pause(
    ref: RolloutRef,
    { durationMinutes, ...options }: CommandOptions & { readonly durationMinutes?: number } = {},
  ): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'pause', durationMinutes === undefined ? {} : { durationMinutes }, options);
  }

  /** Lets the clock run again; a changed share (0–1) stays in the same stage and restarts its clock. */
  resume(
    ref: RolloutRef,
    { modifiedConfig, ...options }: CommandOptions & { readonly modifiedConfig?: ModifiedConfig } = {},
  ): Promise<CommandAnswer> {
    return this.messenger.ask(ref, 'resume', modifiedConfig === undefined ? {} : { modifiedConfig }, options);
  }

  /**
   * Stops and goes back to what was before. Accepted by the server also while no worker is up.
   *
   * @throws CommandRefusedError when it has ended, or stands at another stage than `ifStage`.
   */
  async rollback(ref: RolloutRef, options: CommandOptions = {}): Promise<void> {
    await this.messenger.send(ref, 'abort', {}, options);
  }

  /** As {@link rollback}, before everything else that waits to be done. */
  async emergencyStop(ref: RolloutRef, options: CommandOptions = {}): Promise<void> {
    await this.messenger.send(ref, 'emergencyStop', {}, options);
  }

  /**
   * Brings everything in flight back and refuses starts, until it is released: every service, or those of a scope. Accepted by
   * the server also while no worker is up. Answers when nothing in scope is in flight any more, or with what is left.
   *
   * @throws HeadgateError `INVALID_SCOPE`, `SCOPE_MATCHES_NOTHING`: nothing was stopped.
   * @throws NamespaceNotReadyError
   */
  stopTheLine(options: StopTheLineOptions): Promise<LineStopped> {
    return stopTheLine(this.client, options, this.place);
  }

  /**
   * Ends one stop. Those that others have asked for still hold.
   *
   * @throws HeadgateError `NOT_STOPPED`; `SEVERAL_STOPS` when it has to be said which.
   */
  releaseTheLine(options: ReleaseOptions): Promise<Released> {
    return releaseTheLine(this.client, options, this.place);
  }

  /** Which stops refuse starts now, and how far each is; without a worker only which. */
  getLine(): Promise<LineView> {
    return lookAtLine(this.client, this.place);
  }

  private live(found: FoundRollout): Promise<StatusBase> {
    return liveStatus(this.client, kindOf(this.place.kinds, found), found);
  }

  private kindNamed(strategy: string): RolloutKind {
    const { all } = this.place.kinds;
    const kind = all.find((one) => one.strategy === strategy);
    if (kind !== undefined) return kind;
    throw new HeadgateError('UNKNOWN_KIND', `There is no kind of rollout called ${strategy}`, {
      expected: all.map((one) => one.strategy).join(' or '),
      got: strategy,
      remedy: 'Hand it in: kinds: createKinds([…])',
    });
  }
}

function tierOf({ tier, tiers }: DeploymentManagerOptions): InstalledTier {
  return { tier: tier ?? DEFAULT_TIER.tier, tiers: tiers ?? DEFAULT_TIER.tiers };
}
