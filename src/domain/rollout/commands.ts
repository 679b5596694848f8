import type { RollbackPolicy } from './rollback-policy.js';

/**
 * What every command may carry. All of it is optional, so that `{}` typed into the Temporal UI works.
 */
export interface Command {
  /** The rollout it is meant for; one meant for another is recorded and ignored. Absent: whichever runs now. */
  readonly rolloutId?: string;
  /** The stage (1-based) it was meant for; refused or ignored when the rollout stands elsewhere. */
  readonly stage?: number;
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

/** A changed stage: the same one, its clock and its evidence of health begin anew. */
export interface ModifiedConfig {
  /** The candidate's share, 0–1, above 0 and below the next stage's. */
  readonly traffic?: number;
  /** Seconds. */
  readonly monitoringInterval?: number;
}

export interface ResumeCommand extends Command {
  readonly modifiedConfig?: ModifiedConfig;
}

export interface PromoteCommand extends Command {
  /** Straight to 100 %. */
  readonly full?: boolean;
}

/** Which stages a person must approve before they are left: none, the one before the last, all, or these (1-based). */
export type ApprovalDemand = boolean | 'every-stage' | readonly number[];

/** Changes how a running rollout goes on by itself. */
export interface ConfigureCommand extends Command {
  readonly autoProgression?: boolean;
  /** Seconds, at least 1. */
  readonly monitoringInterval?: number;
  readonly requireManualApproval?: ApprovalDemand;
}

/** What a changed rollback policy says; what is absent stays as it is. */
export interface PolicyChange {
  /** Instead of the whole policy there was; `null`: none. */
  readonly policy?: RollbackPolicy | null;
  /** `false`: a breach holds and calls a person instead of rolling back. */
  readonly autoRollback?: boolean;
  /** What was typed and cannot be read, a sentence each. */
  readonly unreadable?: readonly string[];
}

export interface SetRollbackPolicyCommand extends Command, PolicyChange {}

/** The verbs that people use, and what each carries. One list for every surface. */
export interface Commands {
  approve: Command;
  reject: Command;
  pause: PauseCommand;
  resume: ResumeCommand;
  promote: PromoteCommand;
  abort: Command;
  emergencyStop: Command;
  finish: Command;
  configure: ConfigureCommand;
  setRollbackPolicy: SetRollbackPolicyCommand;
}

export type Verb = keyof Commands;

export const VERBS = [
  'approve',
  'reject',
  'pause',
  'resume',
  'promote',
  'abort',
  'emergencyStop',
  'finish',
  'configure',
  'setRollbackPolicy',
] as const satisfies readonly Verb[];

/** How a command arrived: an update is answered, a signal is not. */
export type Channel = 'signal' | 'update';

/** The answer to an update. */
export interface CommandAnswer {
  readonly rolloutId: string;
  readonly phase: string;
  readonly currentStage: number;
  /** What the command did, in one sentence. */
  readonly effect: string;
}
