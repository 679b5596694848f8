import type { Stop } from './stop.js';

/**
 * What every command may carry. All of it is optional, so that `{}` typed into the Temporal UI works.
 */
export interface Command {
  /** The rollout it is meant for; one meant for another is recorded and ignored. Absent: whichever runs now. */
  readonly rolloutId?: string;
  /** Who asks, as they claim. */
  readonly by?: string;
  readonly reason?: string;
  /** Makes a command that is sent twice count once. */
  readonly commandId?: string;
}

export interface PauseCommand extends Command {
  /** Resumes by itself after so long; absent: waits for a resume. */
  readonly durationMinutes?: number;
}

/** How a command arrived: an update is answered, a signal is not. */
export type Channel = 'signal' | 'update';

/** A command as it arrived. */
export interface Commanded<V extends string = string, C extends Command = Command> {
  readonly verb: V;
  readonly command: C;
  readonly atMs: number;
  readonly channel: Channel;
  /** The how-manieth message of its channel and name, from 1: finds the sender in the workflow's history. */
  readonly ordinal: number;
  /** The run of the workflow that it came to. */
  readonly runId?: string;
}

/** The answer to an update, of every kind. */
export interface Answer {
  readonly rolloutId: string;
  readonly phase: string;
  /** What the command did, in one sentence. */
  readonly effect: string;
}

/** Whether it stops a rollout: that is taken whatever else is wrong with it. */
export function isStop(verb: string): verb is 'abort' | 'emergencyStop' {
  return verb === 'abort' || verb === 'emergencyStop';
}

export function byWhom({ by }: Command): string {
  return by === undefined ? '' : ` by ${by}`;
}

export function because({ reason }: Command): string {
  return reason === undefined || reason === '' ? '' : `: ${reason}`;
}

/** Why a rollout is stopped that somebody stops, and since when. */
export function commandedStop(verb: 'abort' | 'emergencyStop', command: Command, atMs: number): Stop {
  const reason = `${verb === 'abort' ? 'aborted' : 'emergency stop'}${byWhom(command)}${because(command)}`;
  const { commandId } = command;
  return { cause: verb, reason, atMs, ...(commandId === undefined ? {} : { commandId }) };
}
