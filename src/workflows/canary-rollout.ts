import { formatPercent } from '../domain/percent.js';
import { planOfStage } from '../domain/rollout/reducer/stages.js';
import { allToBaseline, splitBetween } from '../domain/rollout/weights.js';
import { concluding } from './shared/concluding.js';
import { judge, keepEvidence } from './shared/judge.js';
import { preflight } from './shared/preflight.js';
import { lookAtDrift, moveOn, renewFence, undoAtOnce } from './shared/router.js';
import { readOrRefuse } from './shared/refuse-unreadable.js';
import { startShell, type Shell } from './shared/shell.js';
import type { CanaryInput, RolloutOutcome } from './messages.js';

/**
 * Brings a candidate backend to full traffic, stage by stage, and undoes it by itself when it is bad.
 *
 * Completes with its outcome, also when it was stopped; fails only when Headgate or its input is broken.
 */
export async function canaryRollout(given: CanaryInput): Promise<RolloutOutcome> {
  const begun = readOrRefuse(given);
  if ('refused' in begun) return begun.refused;
  const shell = startShell(begun.input);

  return concluding(shell, async () => {
    await preflight(shell, begun.warnings);
    while (shell.rollout.state.step !== 'ended') {
      await applyStage(shell);
      await bake(shell);
      await judge(shell);
      await approval(shell);
      await confirmLast(shell);
    }
  });
}

/** Sets the stage's weights, unless someone else changed them meanwhile. */
async function applyStage(shell: Shell): Promise<void> {
  const { rollout, undo, guard } = shell;
  const { roles } = rollout.state;
  if (roles === null) return;
  undo.push(`all traffic to ${roles.baseline}`, () => undoAtOnce(rollout, allToBaseline(roles)));
  while (rollout.state.step === 'applying') {
    await rollout.until('Waiting to go on', ({ pause, hold }) => pause === null && hold === null);
    await rollout.unlessStopped(() => keepEvidence(rollout));
    await rollout.unlessStopped(() => lookAtDrift(rollout));
    if (rollout.state.hold !== null) continue;
    const { sharePercent } = rollout.state;
    const fence = await rollout.unlessStopped(() => moveOn(rollout, splitBetween(roles, sharePercent)));
    if (fence === null) continue;
    guard.stop();
    rollout.happens({ type: 'weightsApplied', sharePercent, fence });
  }
  guard.watch();
}

/** Wakes on breach, command or timer; the reducer says which counts. */
async function bake({ rollout }: Shell): Promise<void> {
  const summary = `Stage ${String(rollout.state.stage)} of ${String(rollout.state.plan.stages.length)} bakes at ${formatPercent(rollout.state.sharePercent)}`;
  await rollout.until(summary, ({ step }) => step !== 'baking');
}

/** Nothing that was decided before may move what has become everybody's, so the last share gets a new fence. */
async function confirmLast({ rollout }: Shell): Promise<void> {
  const isClosing = (): boolean => rollout.state.step === 'closing';
  while (isClosing()) {
    await rollout.until('Waiting to end', ({ pause, hold }) => !isClosing() || (pause === null && hold === null));
    const isConfirmed = isClosing() && (await rollout.unlessStopped(() => renewFence(rollout)));
    if (isConfirmed) rollout.happens({ type: 'closed' });
  }
}

async function approval({ rollout }: Shell): Promise<void> {
  const silence = planOfStage(rollout.state)?.approval?.onTimeout ?? 'hold';
  await rollout.until(`Approval, then ${silence}`, ({ step }) => step !== 'asking');
}
