import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  ContinueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { reasonOf } from '../../domain/rollout/status-of.js';
import { allToBaseline, describeWeights, splitBetween, type Weights } from '../../domain/rollout/weights.js';
import type { RolloutState } from '../../domain/rollout/state.js';
import { HEADGATE_FAULT, type RolloutOutcome } from '../messages.js';
import { messageOf } from './persistently.js';
import { Stopped } from './rollout.js';
import { overwrite } from './router.js';
import type { Shell } from './shell.js';

/** Runs the procedure to one of its ends: promoted, or stopped and undone. Nothing leaves traffic in between. */
export async function concluding(shell: Shell, procedure: () => Promise<void>): Promise<RolloutOutcome> {
  const { rollout } = shell;
  let fault: Error | null = null;
  try {
    await procedure();
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    if (isCancellation(error)) {
      const command = { reason: 'the workflow was cancelled' };
      const { runId } = workflowInfo();
      rollout.happens({ type: 'commanded', verb: 'abort', command, channel: 'signal', ordinal: 0, runId });
    } else if (!(error instanceof Stopped)) {
      fault = error instanceof Error ? error : new Error(String(error));
      rollout.happens({ type: 'faulted', reason: `Headgate itself failed: ${messageOf(error)}` });
    }
  }
  const outcome = await CancellationScope.nonCancellable(() => close(shell));
  if (fault !== null) throw failureOf(fault, outcome);
  return outcome;
}

/** Fails the workflow, not its task: that would be tried again for ever, and nobody would be let in. */
function failureOf(fault: Error, outcome: RolloutOutcome): ApplicationFailure {
  const traffic = outcome.weights === null ? 'nothing was moved' : `traffic is at ${describeWeights(outcome.weights)}`;
  return ApplicationFailure.create({
    type: HEADGATE_FAULT,
    message: `Headgate itself failed: ${messageOf(fault)}; ${traffic}`,
    nonRetryable: true,
    details: [outcome],
    cause: fault,
  });
}

/** The watch is not called off: it ends with the workflow, and to be told so would cost the server as much as the undo. */
async function close(shell: Shell): Promise<RolloutOutcome> {
  const { rollout, guard, publisher, journal } = shell;
  if (rollout.state.step !== 'ended') await undo(shell);
  guard.end();
  publisher.publish();
  await journal.writeLast();
  await condition(allHandlersFinished);
  return outcomeOf(rollout.state);
}

async function undo({ rollout, undo: compensations, publisher, journal }: Shell): Promise<void> {
  rollout.happens({ type: 'undoBegan' });
  await compensations.run();
  const { roles } = rollout.state;
  if (roles !== null && rollout.stragglers.length > 0) {
    // A weight change that was under way when we stopped may have landed after the undo.
    publisher.publish();
    journal.flush();
    await Promise.all(rollout.stragglers);
    await overwrite(rollout, allToBaseline(roles), 'undo');
  }
  rollout.happens({ type: 'undone' });
}

function outcomeOf(state: RolloutState): RolloutOutcome {
  return {
    id: state.id,
    outcome: state.outcome ?? 'aborted',
    reason: reasonOf(state),
    cause: state.stop?.cause ?? null,
    ...(state.stop?.evidence === undefined ? {} : { evidence: state.stop.evidence }),
    moved: state.stage > 0,
    weights: weightsLeft(state),
    at: new Date(state.endedAtMs ?? Date.now()).toISOString(),
  };
}

function weightsLeft(state: RolloutState): Weights | null {
  if (state.roles === null || (state.stage === 0 && state.alreadyServes === undefined)) return null;
  return state.outcome === 'promoted' ? splitBetween(state.roles, state.sharePercent) : allToBaseline(state.roles);
}
