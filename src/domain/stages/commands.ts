import type { Answer, Command, PauseCommand } from '../rollout/commands.js';
import type { RollbackPolicy } from './rollback-policy.js';

/** What every command to a rollout in stages may carry. */
export interface StageCommand extends Command {
  /** The stage (1-based) it was meant for; refused or ignored when the rollout stands elsewhere. */
  readonly stage?: number;
}

/** A changed stage: the same one, its clock and its evidence of health begin anew. */
export interface ModifiedConfig {
  /** The candidate's share, 0–1, above 0 and below the next stage's. */
  readonly traffic?: number;
  /** Seconds. */
  readonly monitoringInterval?: number;
}

export interface ResumeCommand extends StageCommand {
  readonly modifiedConfig?: ModifiedConfig;
}

export interface PromoteCommand extends StageCommand {
  /** Straight to 100 %. */
  readonly full?: boolean;
}

/** Which stages a person must approve before they are left: none, the one before the last, all, or these (1-based). */
export type ApprovalDemand = boolean | 'every-stage' | readonly number[];

/** Changes how a running rollout goes on by itself. */
export interface ConfigureCommand extends StageCommand {
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

export interface SetRollbackPolicyCommand extends StageCommand, PolicyChange {}

/** The verbs that people use, and what each carries. One list for every surface. */
export interface Commands {
  approve: StageCommand;
  reject: StageCommand;
  pause: PauseCommand & StageCommand;
  resume: ResumeCommand;
  promote: PromoteCommand;
  abort: StageCommand;
  emergencyStop: StageCommand;
  finish: StageCommand;
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

/** What a verb carries; one that only a kind knows may carry more than is said here. */
export type CommandOf<V extends string> = V extends Verb ? Commands[V] : StageCommand;

export function isStageVerb(verb: string): verb is Verb {
  return (VERBS as readonly string[]).includes(verb);
}

/** What each verb does, for people who type it. */
export const VERB_DESCRIPTIONS: Readonly<Record<Verb, string>> = {
  approve: 'Go on from the stage that waits for approval. {"reason":"…","by":"…"}',
  reject: 'Do not go on: hold the weights until someone decides. {"reason":"…","by":"…"}',
  pause: 'Stop the stage clock; guarding goes on. {"durationMinutes":30,"reason":"…","by":"…"}',
  resume: 'Let the clock run again. {"modifiedConfig":{"traffic":0.1,"monitoringInterval":30},"by":"…"}',
  promote: 'Go on to the next stage now. {"full":false,"reason":"…","by":"…"}',
  abort: 'Stop and put all traffic back on the baseline. {"reason":"…","by":"…"}',
  emergencyStop: 'Stop at once, before anything else. {"reason":"…","by":"…"}',
  configure:
    'Change how it goes on. {"autoProgression":true,"monitoringInterval":30,"requireManualApproval":"every-stage"}',
  setRollbackPolicy:
    'When traffic goes back, from now on. {"policy":{"errorRateThreshold":0.02,"latencyIncrease":1.5,"successRateMinimum":0.99,"evaluationWindow":300,"consecutiveFailures":3},"autoRollback":true,"reason":"…","by":"…"}',
  finish: 'End the rollback window at full load early. {"reason":"…","by":"…"}',
};

/** The answer to an update. */
export interface CommandAnswer extends Answer {
  readonly currentStage: number;
}
