import { HeadgateError } from '../errors.js';
import type { Read } from '../reading/reader.js';
import type { AskedOfTier } from '../tier.js';
import type { StatusBase } from './status.js';
import type { ListedRollout } from './listed-rollout.js';
import type { Outcome } from './phase.js';

/** What starts a rollout of any kind. A kind adds what only it needs. */
export interface RolloutInput {
  readonly plan: { readonly service: string; readonly version?: string };
  readonly requestedBy?: string;
  readonly requestId?: string;
}

/** A rollout that may start, and what the server is told about it. */
export interface PreparedStart {
  readonly input: RolloutInput;
  /** What the server keeps beside it, so that it can be shown without a worker. */
  readonly memo: object;
  /** What it is, on one line, for the Temporal UI. */
  readonly summary: string;
  /** What it will do, in Markdown, for the Temporal UI. */
  readonly details: string;
  /** What the tier of the installation must have; `null`: every tier has it. */
  readonly asks: AskedOfTier | null;
}

/** What the server alone knows of a rollout. */
export interface ServerRecord {
  /** Its search attributes. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The memo of its start; `null` where it was started by hand. */
  readonly memo: object | null;
  /** What its workflow has returned; `null` while it runs. */
  readonly end: RecordedEnd | null;
}

/** What every rollout returns. A kind adds what only it leaves. */
export interface RecordedEnd {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly cause: string | null;
  /** Numbers behind the cause. */
  readonly evidence?: unknown;
  /** Whether it has changed what users get, or begun to. */
  readonly moved: boolean;
}

/** What was seen beside the status itself. */
export interface Sight {
  /** What the activity of the rollout that heartbeats has told last; `null` where none does. */
  readonly picture: unknown;
  /** Its workflow was ended past its own rules. */
  readonly isBrokenOff: boolean;
}

/** How a kind goes back to what was before a rollout. */
export interface UndoRules {
  /** Whether a rollout is an undo itself, by its status or by what started it. */
  isUndo(status: StatusBase, input: unknown): boolean;
  /** Whether a rollout in flight goes to where an undo to `to` shall go. */
  goesTo(status: StatusBase, memo: Readonly<Record<string, unknown>> | undefined, to: string): boolean;
  /** Whether a rollout that has left this memo has changed anything. */
  hasMoved(memo: Readonly<Record<string, unknown>> | undefined): boolean;
  /** Whether what started a rollout can say how an undo of it is guarded. */
  canGuard(input: unknown): boolean;
  /**
   * What starts the undo.
   *
   * @param guardedBy what started the rollout that is undone; `null` where nobody knows it, or nothing is to guard it
   */
  inputOf(service: string, wish: UndoRequest, guardedBy: unknown): unknown;
}

/** What is wanted by somebody who wants back what was before. */
export interface UndoRequest {
  /** What shall serve again. Absent: what did before. */
  readonly to?: string;
  /** At once: without probes, gates and metrics. Never without a look at what is there. */
  readonly now?: boolean;
  readonly reason?: string;
  /** Who asks. */
  readonly by?: string;
}

/**
 * One kind of rollout, as those need to know it who start, list, show and stop rollouts: a plain object that is handed
 * in. What is common to all kinds is done by who it is given to, so only the first three have to be there.
 *
 * A status that a kind is given is one of its own: its workflow has told it, or `recorded` has made it.
 */
export interface RolloutKind<Status extends StatusBase = StatusBase> {
  /** What the search attribute HeadgateStrategy says of its rollouts, e.g. `canary`. */
  readonly strategy: string;
  /** The type of its workflow, as people type it. */
  readonly workflowType: string;
  /** Reads what shall start one, which may be anything; tells every problem at once. */
  begin(given: unknown): Read<PreparedStart>;
  /** Its status as far as the server alone knows it. Absent: the common part is all there is. */
  recorded?(common: StatusBase, record: ServerRecord): Status;
  /** Adds what was seen beside the status. Absent: nothing is. */
  seen?(status: Status, sight: Sight): Status;
  /** Where it stands, in a few words, as it says it itself. Absent: its phase. */
  place?(status: Status): string;
  /** Adds its own fields to the line of a list; which are shown, `cli/commands/list.ts` says. Absent: it has none. */
  listed?(line: ListedRollout, attributes: Readonly<Record<string, unknown>>): ListedRollout;
  /** What starts the same anew, of what started it. Absent: the same plan. */
  anew?(input: RolloutInput): Anew;
  /** Absent: it cannot be undone once it has ended. */
  readonly undo?: UndoRules;
}

/** What starts the same rollout anew: its plan, or, where it was an undo, the same wish. */
export type Anew = { readonly plan: RolloutInput['plan'] } | { readonly undo: UndoRequest };

/** The kinds that a client, a command line or a worker was given. */
export interface Kinds {
  readonly all: readonly RolloutKind[];
  /** The kind of a rollout, by its search attribute, else by the type of its workflow; `null`: none of these. */
  of(strategy: unknown, workflowType: string): RolloutKind | null;
}

/**
 * The kinds of rollouts that a program works with.
 *
 * @throws HeadgateError `AMBIGUOUS_KIND` when two cannot be told apart.
 */
export function createKinds(kinds: readonly RolloutKind[]): Kinds {
  const [twice] = [...repeated(kinds.map((one) => one.strategy)), ...repeated(kinds.map((one) => one.workflowType))];
  if (twice !== undefined)
    throw new HeadgateError('AMBIGUOUS_KIND', `Two kinds of rollouts are called ${twice}`, {
      expected: 'kinds that differ in strategy and in workflowType',
      got: kinds.map(({ strategy, workflowType }) => `${strategy} (${workflowType})`).join(', '),
      remedy: 'Rename one, or leave it out',
    });
  return {
    all: kinds,
    of: (strategy, workflowType) =>
      kinds.find((one) => one.strategy === strategy) ??
      // One that was started by hand has no attribute until a worker has seen it.
      (strategy === undefined ? kinds.find((one) => one.workflowType === workflowType) : undefined) ??
      null,
  };
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
