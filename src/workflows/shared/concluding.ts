import { allHandlersFinished, CancellationScope, condition, ContinueAsNew, isCancellation } from '@temporalio/workflow';
import { reasonOf } from '../../domain/rollout/status-of.js';
import { allToBaseline, splitBetween, type Weights } from '../../domain/rollout/weights.js';
import type { RolloutState } from '../../domain/rollout/state.js';
import type { RolloutOutcome } from '../messages.js';
import { messageOf } from './persistently.js';
import { Stopped } from './rollout.js';
import { setWeights } from './router.js';
import type { Shell } from './shell.js';

/** Runs the procedure to one of its ends: promoted, or stopped and undone. Nothing leaves traffic in between. */
export async function concluding(shell: Shell, procedure: () => Promise<void>): Promise<RolloutOutcome> {
  let broken: Error | null = null;
  try {
    await procedure();
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    if (isCancellation(error)) abort(shell, 'the workflow was cancelled');
    else if (!(error instanceof Stopped)) {
      broken = error instanceof Error ? error : new Error(String(error));
      abort(shell, `Headgate itself failed: ${messageOf(error)}`);
    }
  }
  const outcome = await CancellationScope.nonCancellable(() => close(shell));
  if (broken !== null) throw broken;
  return outcome;
}

function abort({ rollout }: Shell, reason: string): void {
  rollout.happens({ type: 'commanded', verb: 'abort', command: { reason }, channel: 'signal', ordinal: 0 });
}

/** The watch is not called off: it ends with the workflow, and to be told so would cost the server as much as the undo. */
async function close(shell: Shell): Promise<RolloutOutcome> {
  const { rollout, guard, publisher, journal } = shell;
  if (rollout.state.step !== 'ended') await undo(shell);
  guard.end();
  publisher.publish();
  await journal.lastWords();
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
    await setWeights(rollout, allToBaseline(roles));
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
    weights: weightsLeft(state),
    at: new Date(state.endedAtMs ?? Date.now()).toISOString(),
  };
}

function weightsLeft(state: RolloutState): Weights | null {
  if (state.roles === null || state.stage === 0) return null;
  return state.outcome === 'promoted' ? splitBetween(state.roles, state.sharePercent) : allToBaseline(state.roles);
}
