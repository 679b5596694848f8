import type { Client } from '@temporalio/client';
import type { CommandAnswer, CommandOf } from '../domain/stages/commands.js';
import { askWorker } from './ask-worker.js';
import { RolloutNotFoundError } from './errors.js';
import { findRollout, type FoundRollout } from './find-rollout.js';
import { refusalOfStaleStop } from './ignored-stop.js';
import { sendCommand, type Sent } from './send-command.js';

/** What names a rollout: its handle, or its id; a service's name means its newest rollout. */
export type RolloutRef = string | { readonly id: string };

/** Who asks, and why. */
export interface CommandOptions {
  readonly by?: string;
  readonly reason?: string;
  /** Refuse when the rollout has left this stage meanwhile. A stop that no worker answers is taken if it is still there. */
  readonly ifStage?: number;
  /** The same id is taken once, however often it is sent. */
  readonly commandId?: string;
}

/** Tells rollouts of every kind what a person decides. */
export class Messenger {
  constructor(
    private readonly client: Client,
    private readonly prefix: string,
  ) {}

  /** Sends a command, and returns what it did. */
  async ask<V extends string>(
    ref: RolloutRef,
    verb: V,
    command: CommandOf<V>,
    options: CommandOptions,
  ): Promise<CommandAnswer> {
    const sent = await this.send(ref, verb, command, options);
    if (sent.answered) return sent.answer;
    return { rolloutId: idOf(ref), phase: 'unknown', currentStage: 0, effect: `${verb} is on its way` };
  }

  async send<V extends string>(
    ref: RolloutRef,
    verb: V,
    command: CommandOf<V>,
    { ifStage, ...options }: CommandOptions,
  ): Promise<Sent> {
    const found = await this.found(idOf(ref));
    const sent = await sendCommand(this.client, found, verb, {
      ...command,
      ...options,
      ...(ifStage === undefined ? {} : { stage: ifStage }),
    });
    if (!sent.answered && ifStage !== undefined) await this.refuseStale(found.id, verb, ifStage);
    return sent;
  }

  /** @throws CommandRefusedError when a signal for one stage was not taken. */
  private async refuseStale(id: string, verb: string, ifStage: number): Promise<void> {
    const status = await askWorker(this.client, await this.found(id));
    const refusal = typeof status === 'string' ? null : refusalOfStaleStop(status, verb, ifStage);
    if (refusal !== null) throw refusal;
  }

  private async found(id: string): Promise<FoundRollout> {
    const found = await findRollout(this.client, id, this.prefix);
    if (found === null) throw new RolloutNotFoundError(id);
    return found;
  }
}

export function idOf(ref: RolloutRef): string {
  return typeof ref === 'string' ? ref : ref.id;
}
