import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import { formatRolloutId } from '../../domain/rollout/rollout-id.js';
import { beginRollout, type RolloutState } from '../../domain/rollout/state.js';
import type { CanaryInput } from '../messages.js';
import { Compensations } from './compensations.js';
import { Guard } from './guard.js';
import { JournalWriter } from './journal-writer.js';
import { listenTo } from './listen.js';
import { Publisher } from './publish.js';
import { Rollout } from './rollout.js';

const DEFAULT_HISTORY_LIMIT = 4000;

/** Nothing has happened for so long: nobody is about to send the next command. */
const QUIET_MS = 500;

/** A rollout and what serves it: the thin shell around the reducer. */
export interface Shell {
  readonly rollout: Rollout;
  readonly undo: Compensations;
  readonly guard: Guard;
  readonly publisher: Publisher;
  readonly journal: JournalWriter;
}

/** Takes the state up where it stood and listens from the first moment. */
export function startShell(input: CanaryInput): Shell {
  const rollout = new Rollout(input.carried ?? begin(input), {
    beforeWaiting: async () => {
      shell.guard.watch();
      shell.publisher.publish();
      shell.journal.flush();
      await continueAsNewWhenLong(input, shell);
    },
    onAlarm: () => {
      shell.guard.watch();
      shell.publisher.publish();
      shell.journal.flush();
    },
  });
  const shell: Shell = {
    rollout,
    undo: new Compensations(),
    guard: new Guard(rollout),
    publisher: new Publisher(rollout),
    journal: new JournalWriter(rollout),
  };
  listenTo(rollout, shell.guard);
  return shell;
}

function begin(input: CanaryInput): RolloutState {
  const { firstExecutionRunId } = workflowInfo();
  return beginRollout({
    id: formatRolloutId(input.plan.service, firstExecutionRunId),
    plan: input.plan,
    atMs: Date.now(),
    ...(input.requestedBy === undefined ? {} : { requestedBy: input.requestedBy }),
    ...(input.requestId === undefined ? {} : { requestId: input.requestId }),
    ...(input.again === undefined ? {} : { again: input.again }),
    ...(input.undo === undefined ? {} : { undo: input.undo }),
  });
}

/** Only while it waits, and never with a message half handled: nothing is lost between the two runs. */
async function continueAsNewWhenLong(input: CanaryInput, { rollout }: Shell): Promise<void> {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  const limit = input.historyLimit ?? DEFAULT_HISTORY_LIMIT;
  if (!continueAsNewSuggested && historyLength < limit) return;
  // An update that arrives in the very moment fails at its sender, so a quiet one is waited for, though not for ever.
  const isQuiet = await rollout.isQuiet(QUIET_MS);
  if (!isQuiet && historyLength < 2 * limit) return;
  await condition(allHandlersFinished);
  // A stop is acted upon here and now.
  if (rollout.isStopping) return;
  await continueAsNew<(next: CanaryInput) => Promise<unknown>>({ ...input, carried: rollout.state });
}
