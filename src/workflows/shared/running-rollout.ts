import { allHandlersFinished, condition, continueAsNew, patched, workflowInfo } from '@temporalio/workflow';
import type { AlarmCause } from '../../domain/rollout/alarms.js';
import type { AnyEvent } from '../../domain/rollout/events.js';
import type { Life } from '../../domain/rollout/life.js';
import { formatRolloutId } from '../../domain/rollout/rollout-id.js';
import type { RolloutRules } from '../../domain/rollout/rules.js';
import { HookTeller } from './hook-teller.js';
import { JournalWriter } from './journal-writer.js';
import { Publisher } from './publish.js';
import { Rollout } from './rollout.js';

const DEFAULT_HISTORY_LIMIT = 4000;

/** Nothing has happened for so long: nobody is about to send the next command. */
const QUIET_MS = 500;

/** The marks in histories of what was done otherwise before. */
const PATCHES = {
  unsettled: 'unsettled-run-is-not-continued',
  staleAlarms: 'alarms-of-the-run-before-are-over',
} as const;

/** What tries until it succeeds ends with its run, and with it who would say that it has succeeded. */
const ENDS_WITH_ITS_RUN: readonly AlarmCause[] = ['weights', 'reading'];

/** What starts the workflow of any kind. */
export interface RunInput<Plan, State> {
  readonly plan: Plan;
  readonly requestedBy?: string;
  readonly requestId?: string;
  /** Continue-as-new threshold in history events. */
  readonly historyLimit?: number;
  /** Set by the workflow itself when it continues as new. */
  readonly carried?: State;
}

/** A rollout and what serves it: the thin layer around the reducer. */
export interface RunningRollout<State extends Life, Event extends AnyEvent> {
  readonly rollout: Rollout<State, Event>;
  readonly publisher: Publisher;
  readonly journal: JournalWriter;
  readonly teller: HookTeller;
}

/** What a kind does besides. */
export interface KindHooks<State> {
  /** Whenever the rollout waits or people are called. @default nothing */
  readonly guard?: () => void;
  /** Whether everything that was decided is carried out: a run is continued only then, unless it grows too long. @default always */
  readonly isSettled?: () => boolean;
  /** Whether somebody waits for what the procedure has yet to do: a run that waited for their answer would wait for itself. @default never */
  readonly isAwaited?: (state: State) => boolean;
  /** What a person reads in the Temporal UI, in Markdown. @default the reason of its status */
  readonly details?: (state: State, nowMs: number) => string;
}

/** Takes the state up where it stood. */
export function takeUpRollout<Plan, State extends Life, Event extends AnyEvent>(
  rules: RolloutRules<Plan, State, Event>,
  service: string,
  input: RunInput<Plan, State>,
  {
    guard = () => undefined,
    isSettled = () => true,
    isAwaited = () => false,
    details = (state, nowMs) => rules.statusOf(state, nowMs).reason,
  }: KindHooks<State> = {},
): RunningRollout<State, Event> {
  const besides = (): void => {
    guard();
    running.publisher.publish();
    running.journal.flush();
    running.teller.flush();
  };
  const state = input.carried === undefined ? begin(rules, service, input) : takenUp(rules, input.carried);
  const rollout: Rollout<State, Event> = new Rollout(state, rules, {
    beforeWaiting: async () => {
      besides();
      await continueAsNewWhenLong(input, rollout, isSettled, () => isAwaited(rollout.state));
    },
    onAlarm: besides,
    onHook: () => {
      running.publisher.publish();
      running.journal.flush();
      running.teller.flush();
    },
  });
  const running: RunningRollout<State, Event> = {
    rollout,
    publisher: new Publisher(
      () => rules.shownOf(rollout.state, Date.now()),
      () => details(rollout.state, Date.now()),
    ),
    journal: new JournalWriter(rollout, () => rules.statusOf(rollout.state, Date.now())),
    teller: new HookTeller(rollout),
  };
  return running;
}

function begin<Plan, State extends Life>(
  rules: RolloutRules<Plan, State, never>,
  service: string,
  input: RunInput<Plan, State>,
): State {
  const { firstExecutionRunId } = workflowInfo();
  return rules.begin({ ...input, id: formatRolloutId(service, firstExecutionRunId), atMs: Date.now() });
}

function takenUp<State extends Life, Event extends AnyEvent>(
  rules: Pick<RolloutRules<never, State, Event>, 'reduce'>,
  carried: State,
): State {
  const stale = ENDS_WITH_ITS_RUN.filter((cause) => carried.alarms[cause] !== undefined);
  if (stale.length === 0 || !patched(PATCHES.staleAlarms)) return carried;
  const atMs = Date.now();
  return stale.reduce((state, cause) => rules.reduce(state, { type: 'alarmed', cause, alarm: null, atMs }), carried);
}

/** Only while it waits, and never with a message half handled: nothing is lost between the two runs. */
export async function continueAsNewWhenLong<Plan, State extends Life, Event extends AnyEvent>(
  input: RunInput<Plan, State>,
  rollout: Rollout<State, Event>,
  isSettled: () => boolean,
  isAwaited: () => boolean = () => false,
): Promise<void> {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  const limit = input.historyLimit ?? DEFAULT_HISTORY_LIMIT;
  if (!continueAsNewSuggested && historyLength < limit) return;
  // An update that arrives in the very moment fails at its sender, so a quiet one is waited for, though not for ever.
  const isQuiet = await rollout.isQuiet(QUIET_MS);
  if (!isQuiet && historyLength < 2 * limit) return;
  const isUnsettled = !isSettled() && historyLength < 2 * limit;
  if (isUnsettled && patched(PATCHES.unsettled)) return;
  await condition(() => allHandlersFinished() || isAwaited());
  // A stop is acted upon here and now, and so is what somebody waits for.
  if (rollout.isStopping || isAwaited()) return;
  await continueAsNew<(next: RunInput<Plan, State>) => Promise<unknown>>({ ...input, carried: rollout.state });
}
