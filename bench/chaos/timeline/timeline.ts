import type { Verb } from '../../../src/domain/stages/commands.js';
import type { Behaviour, CommandAction, FaultAction, PlanShape, Schedule, StartAction } from '../schedule/schedule.js';
import type { Slot } from '../world/plane.js';
import type { Seen, Span } from './facts.js';

/** What happened in a round, as it was seen from outside of Headgate. Epoch milliseconds everywhere. */
export interface Timeline extends Seen {
  readonly schedule: Schedule;
  readonly fromMs: number;
  /** When every fault had been lifted; then whatever ran was aborted. */
  readonly liftedMs: number;
  readonly toMs: number;
  readonly faults: readonly FaultSpan[];
  readonly behaviours: readonly BehaviourSpan[];
  readonly starts: readonly StartFact[];
  readonly commands: readonly CommandFact[];
  readonly moves: readonly MoveFact[];
  readonly words: readonly WordFact[];
  readonly rollouts: readonly RolloutFact[];
  readonly looks: readonly Look[];
  readonly memory: readonly MemoryFact[];
  readonly journal: readonly JournalLine[];
}

export interface FaultSpan extends Span {
  readonly fault: FaultAction;
  /** The process that was killed, frozen or cut off, where it was a worker. */
  readonly pid?: number;
}

/** How a backend behaved; what is not said is healthy. */
export interface BehaviourSpan extends Span {
  readonly service: string;
  readonly slot: Slot;
  readonly how: Behaviour;
}

/** Somebody asked for a rollout. */
export interface StartFact {
  readonly service: string;
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly via: StartAction['via'] | 'garbage' | 'end';
  /** Absent for what is no plan. */
  readonly plan?: PlanShape;
  readonly adopt: Slot | null;
  /** `attached`: it was there already, for the same request. `unknown`: nobody answered, so it may have begun. */
  readonly result: 'started' | 'attached' | 'inFlight' | 'refused' | 'unknown';
  readonly firstRunId: string | null;
  readonly said: string;
  readonly textBytes: number;
}

/** A command, a cancellation or a termination that was sent. */
export interface CommandFact {
  readonly service: string;
  readonly what: Verb | 'cancel' | 'terminate';
  readonly names: CommandAction['names'];
  readonly stage: CommandAction['stage'];
  readonly fields: Readonly<Record<string, unknown>>;
  /** How long its texts are together, in bytes. */
  readonly textBytes: number;
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly result: 'accepted' | 'refused' | 'unknown';
  readonly said: string;
}

/** Somebody who is no rollout wrote the weights. */
export interface MoveFact extends Span {
  readonly service: string;
  readonly by: 'hand' | 'breakGlass';
  readonly greenPercent: number;
}

/** What a command line said at its end about where traffic is. */
export interface WordFact {
  readonly service: string;
  readonly atMs: number;
  readonly command: 'start --wait' | 'abort --wait' | 'break-glass';
  /** Of the rollout that it is about; `null` where it is about none, or nobody knows which. */
  readonly firstRunId: string | null;
  readonly exitCode: number | null;
  /** The share of `green` that follows from it; `null` where it says nothing about traffic. */
  readonly greenPercent: number | null;
}

/** A workflow, as Temporal knows it. */
export interface RolloutFact {
  readonly service: string;
  readonly firstRunId: string;
  readonly startedMs: number;
  /** Why its workflow task failed last, where that was looked for. */
  readonly taskFailure: string | null;
  readonly closed: ClosedFact | null;
}

export interface ClosedFact {
  readonly atMs: number;
  /** As Temporal names it: `COMPLETED`, `FAILED`, `TERMINATED`, … */
  readonly status: string;
  readonly outcome: string | null;
  readonly reason: string;
  /** Whether it says that it has set weights at all. */
  readonly moved: boolean;
  /** Events of all its runs. */
  readonly events: number;
  readonly longestRunEvents: number;
}

/** A rollout in flight, as Temporal describes it. */
export interface Look {
  readonly atMs: number;
  readonly service: string;
  readonly firstRunId: string;
  readonly phase: string;
  readonly stage: number;
  readonly percent: number;
  readonly needsHuman: boolean;
  /** Asked for when a person is needed. */
  readonly reason: string | null;
  readonly events: number;
  /** How often the workflow task in hand was tried; 0 where there is none. */
  readonly taskAttempt: number;
  /** The process that guards the stage; `null` where none does. */
  readonly guardPid: number | null;
}

export interface MemoryFact {
  readonly atMs: number;
  readonly worker: number;
  readonly pid: number;
  readonly residentMiB: number;
}

export interface JournalLine {
  readonly id: string;
  readonly rolloutId: string;
  readonly kind: string;
  readonly number: number | null;
  readonly text: string;
}
