import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  ContinueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { AnyEvent } from '../../domain/rollout/events.js';
import type { Life } from '../../domain/rollout/life.js';
import type { StatusBase } from '../../domain/rollout/status.js';
import { HEADGATE_FAULT, type OutcomeBase } from '../messages.js';
import { messageOf } from './retry-until-done.js';
import { Stopped } from './rollout.js';
import type { RunningRollout } from './running-rollout.js';
import { undoAll, type UndoTable } from './undo.js';

/** How a kind ends. */
export interface Ending<State extends Life, Outcome extends OutcomeBase> {
  readonly undos: UndoTable<State>;
  readonly outcomeOf: (state: State) => Outcome;
  /** Where things stand then, in words. */
  readonly leftWords: (outcome: Outcome) => string;
  /** Lets go of what the kind did besides. */
  readonly letGo?: () => void;
}

/**
 * Runs the procedure to one of its ends: promoted, or stopped and undone. Nothing leaves traffic in between.
 *
 * A workflow that is cancelled is aborted.
 */
export async function concluding<State extends Life, Event extends AnyEvent, Outcome extends OutcomeBase>(
  running: RunningRollout<State, Event>,
  ending: Ending<State, Outcome>,
  procedure: () => Promise<void>,
): Promise<Outcome> {
  const { rollout } = running;
  let fault: Error | null = null;
  try {
    await procedure();
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    if (isCancellation(error)) {
      const command = { reason: 'the workflow was cancelled' };
      const { runId } = workflowInfo();
      rollout.dispatch({ type: 'commanded', verb: 'abort', command, channel: 'signal', ordinal: 0, runId });
    } else if (!(error instanceof Stopped)) {
      fault = error instanceof Error ? error : new Error(String(error));
      rollout.dispatch({ type: 'faulted', reason: `Headgate itself failed: ${messageOf(error)}` });
    }
  }
  const outcome = await CancellationScope.nonCancellable(() => close(running, ending));
  if (fault !== null) throw failureOf(fault, outcome, ending.leftWords(outcome));
  return outcome;
}

/** Fails the workflow, not its task: that would be tried again for ever, and nobody would be let in. */
function failureOf(fault: Error, outcome: OutcomeBase, left: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: HEADGATE_FAULT,
    message: `Headgate itself failed: ${messageOf(fault)}; ${left}`,
    nonRetryable: true,
    details: [outcome],
    cause: fault,
  });
}

/** The watch is not called off: it ends with the workflow, and to be told so would cost the server as much as the undo. */
async function close<State extends Life, Event extends AnyEvent, Outcome extends OutcomeBase>(
  running: RunningRollout<State, Event>,
  ending: Ending<State, Outcome>,
): Promise<Outcome> {
  const { rollout, publisher, journal, teller } = running;
  if (rollout.state.step !== 'ended') await undo(running, ending.undos);
  ending.letGo?.();
  publisher.publish();
  await teller.tellLast();
  await journal.writeLast();
  await condition(allHandlersFinished);
  return ending.outcomeOf(rollout.state);
}

async function undo<State extends Life, Event extends AnyEvent>(
  { rollout, publisher, journal }: RunningRollout<State, Event>,
  table: UndoTable<State>,
): Promise<void> {
  rollout.dispatch({ type: 'undoBegan' });
  await undoAll(rollout, table, () => {
    publisher.publish();
    journal.flush();
  });
  rollout.dispatch({ type: 'undone' });
}

/** What every kind tells of its end. */
export function outcomeBaseOf(state: Life, { reason, moved }: Pick<StatusBase, 'reason' | 'moved'>): OutcomeBase {
  return {
    id: state.id,
    outcome: state.outcome ?? 'aborted',
    reason,
    cause: state.stop?.cause ?? null,
    ...(state.stop?.evidence === undefined ? {} : { evidence: state.stop.evidence }),
    moved,
    at: new Date(state.endedAtMs ?? Date.now()).toISOString(),
  };
}
