import type { Attributes } from '../search-attributes.js';
import type { Command } from './commands.js';
import type { AnyEvent, RolloutEvent } from './events.js';
import type { Life, LifeStart } from './life.js';
import type { Refusal } from './refusal.js';
import type { StatusBase } from './status.js';

/** What starts a rollout by this plan. */
export interface RolloutStart<Plan> extends LifeStart {
  readonly plan: Plan;
}

/** What Temporal shows of a rollout. */
export interface Published {
  /** For lists. */
  readonly attributes: Attributes;
  /** For rollouts to come: each part is left once, as soon as it is not `null`. */
  readonly memo: Readonly<Record<string, unknown>>;
}

/**
 * A kind of rollout: all that tells it from others, as pure functions. How it goes is one workflow of its own beside it,
 * which reads like the procedure.
 */
export interface RolloutRules<Plan, State extends Life, Event extends AnyEvent> {
  begin(start: RolloutStart<Plan>): State;
  /** The same events in the same order give the same state. */
  reduce(state: State, event: Event | RolloutEvent): State;
  /** When time alone changes something, epoch milliseconds. */
  nextDueMs(state: State): number | null;
  /** The verbs that people use, and what each does. */
  readonly verbs: Readonly<Record<string, string>>;
  /** Reads what a person typed: what makes no sense is left out. */
  readCommand(verb: string, input: unknown): Command;
  /** Why a command cannot be taken now, as it was typed: asked where somebody is answered. */
  refusalOf(state: State, verb: string, input: unknown): Refusal<string> | null;
  statusOf(state: State, nowMs: number): StatusBase;
  shownOf(state: State, nowMs: number): Published;
  /** What the answer to a command tells besides. */
  answerOf?(state: State): Readonly<Record<string, unknown>>;
}
