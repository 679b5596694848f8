import { formatPercent } from '../domain/percent.js';
import { planOfStage } from '../domain/stages/reducer/stages.js';
import { allToBaseline, splitBetween } from '../domain/traffic/weights.js';
import { endingOf, startCanary, preflightOptionsOf, type Canary } from './canary/canary.js';
import { readOrRefuse } from './canary/refuse-unreadable.js';
import { concluding } from './shared/concluding.js';
import { passGate } from './shared/hooks.js';
import { whileStage } from './traffic/while-stage.js';
import { judge, keepEvidence } from './traffic/judge.js';
import { preflight } from './traffic/preflight.js';
import type { CanaryInput, RolloutOutcome } from './messages.js';

/**
 * Brings a candidate backend to full traffic, stage by stage, and undoes it by itself when it is bad.
 *
 * Completes with its outcome, also when it was stopped; fails only when Headgate or its input is broken.
 */
export async function canaryRollout(given: CanaryInput): Promise<RolloutOutcome> {
  const begun = readOrRefuse(given);
  if ('refused' in begun) return begun.refused;
  const canary = startCanary(begun.input);

  return concluding(canary, endingOf(canary), async () => {
    await preflight(canary, preflightOptionsOf(canary.rollout.state), begun.warnings);
    while (canary.rollout.state.step !== 'ended') {
      await applyStage(canary);
      await whileStage(canary.rollout, async () => {
        await bake(canary);
        await judge(canary);
        await approval(canary);
      });
      await confirmLast(canary);
    }
  });
}

/** Sets the stage's weights, unless someone else changed them meanwhile. */
async function applyStage({ rollout, traffic, guard }: Canary): Promise<void> {
  const { roles, plan } = rollout.state;
  if (roles === null) return;
  const undo = { kind: 'weights', service: plan.service, weights: allToBaseline(roles) } as const;
  rollout.dispatch({ type: 'undoPlanned', undo });
  while (rollout.state.step === 'applying') {
    await rollout.until('Waiting to go on', ({ pause, hold }) => pause === null && hold === null);
    if (!(await mayGoOn(rollout, 'beforeStage'))) continue;
    await rollout.unlessStopped(() => keepEvidence(rollout));
    await rollout.unlessStopped(() => traffic.lookAtDrift());
    if (rollout.state.hold !== null) continue;
    const { sharePercent } = rollout.state;
    const fence = await rollout.unlessStopped(() => traffic.moveOn(splitBetween(roles, sharePercent)));
    if (fence === null) continue;
    guard.stop();
    rollout.dispatch({ type: 'weightsApplied', sharePercent, fence });
  }
  guard.watch();
}

/** Wakes on breach, command or timer; the reducer says which counts. */
async function bake({ rollout }: Canary): Promise<void> {
  const summary = `Stage ${String(rollout.state.stage)} of ${String(rollout.state.plan.stages.length)} bakes at ${formatPercent(rollout.state.sharePercent)}`;
  await rollout.until(summary, ({ step }) => step !== 'baking');
}

/** Nothing that was decided before may move what has become everybody's, so the last share gets a new fence. */
async function confirmLast({ rollout, traffic }: Canary): Promise<void> {
  const isClosing = (): boolean => rollout.state.step === 'closing';
  while (isClosing()) {
    await rollout.until('Waiting to end', ({ pause, hold }) => !isClosing() || (pause === null && hold === null));
    if (isClosing() && !(await mayGoOn(rollout, 'confirmPromotion'))) continue;
    const isConfirmed = isClosing() && (await rollout.unlessStopped(() => traffic.renewFence()));
    if (isConfirmed) rollout.dispatch({ type: 'closed' });
  }
}

/** Asked right before it counts: what a hook allowed before a pause or a hold is asked anew. An undo waits for no hook. */
async function mayGoOn(rollout: Canary['rollout'], moment: 'beforeStage' | 'confirmPromotion'): Promise<boolean> {
  const { undo, stage, sharePercent } = rollout.state;
  if (undo !== undefined) return true;
  const isOpen = await passGate(rollout, moment, { stage, trafficPercent: sharePercent });
  const { pause, hold, sharePercent: wantedPercent } = rollout.state;
  return isOpen && pause === null && hold === null && wantedPercent === sharePercent;
}

async function approval({ rollout }: Canary): Promise<void> {
  const silence = planOfStage(rollout.state)?.approval?.onTimeout ?? 'hold';
  await rollout.until(`Approval, then ${silence}`, ({ step }) => step !== 'asking');
}
