import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { AnyEvent } from '../../domain/rollout/events.js';
import type { Life } from '../../domain/rollout/life.js';
import { formatRolloutId } from '../../domain/rollout/rollout-id.js';
import type { RolloutRules } from '../../domain/rollout/rules.js';
import { JournalWriter } from './journal-writer.js';
import { Publisher } from './publish.js';
import { Rollout } from './rollout.js';

const DEFAULT_HISTORY_LIMIT = 4000;

/** Nothing has happened for so long: nobody is about to send the next command. */
const QUIET_MS = 500;

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
}

/** What a kind does besides. */
export interface Besides<State> {
  /** Whenever the rollout waits or people are called. @default nothing */
  readonly guard?: () => void;
  /** What a person reads in the Temporal UI, in Markdown. @default the reason of its status */
  readonly details?: (state: State, nowMs: number) => string;
}

/** Takes the state up where it stood. */
export function takeUpRollout<Plan, State extends Life, Event extends AnyEvent>(
  rules: RolloutRules<Plan, State, Event>,
  service: string,
  input: RunInput<Plan, State>,
  { guard = () => undefined, details = (state, nowMs) => rules.statusOf(state, nowMs).reason }: Besides<State> = {},
): RunningRollout<State, Event> {
  const besides = (): void => {
    guard();
    running.publisher.publish();
    running.journal.flush();
  };
  const rollout: Rollout<State, Event> = new Rollout(input.carried ?? begin(rules, service, input), rules, {
    beforeWaiting: async () => {
      besides();
      await continueAsNewWhenLong(input, rollout);
    },
    onAlarm: besides,
  });
  const running: RunningRollout<State, Event> = {
    rollout,
    publisher: new Publisher(
      () => rules.shownOf(rollout.state, Date.now()),
      () => details(rollout.state, Date.now()),
    ),
    journal: new JournalWriter(rollout, () => rules.statusOf(rollout.state, Date.now())),
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

/** Only while it waits, and never with a message half handled: nothing is lost between the two runs. */
async function continueAsNewWhenLong<Plan, State extends Life, Event extends AnyEvent>(
  input: RunInput<Plan, State>,
  rollout: Rollout<State, Event>,
): Promise<void> {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  const limit = input.historyLimit ?? DEFAULT_HISTORY_LIMIT;
  if (!continueAsNewSuggested && historyLength < limit) return;
  // An update that arrives in the very moment fails at its sender, so a quiet one is waited for, though not for ever.
  const isQuiet = await rollout.isQuiet(QUIET_MS);
  if (!isQuiet && historyLength < 2 * limit) return;
  await condition(allHandlersFinished);
  // A stop is acted upon here and now.
  if (rollout.isStopping) return;
  await continueAsNew<(next: RunInput<Plan, State>) => Promise<unknown>>({ ...input, carried: rollout.state });
}
