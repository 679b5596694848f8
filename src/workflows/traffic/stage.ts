import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { formatPercent } from '../../domain/percent.js';
import type { Gate } from '../../domain/hooks/moments.js';
import { planOfStage } from '../../domain/stages/reducer/stages.js';
import { allToBaseline, splitBetween } from '../../domain/traffic/weights.js';
import type { StagedTrafficState } from '../../domain/staged-traffic/state.js';
import { hasHook, passGate, runLoad } from '../shared/hooks.js';
import { messageOf } from '../shared/retry-until-done.js';
import type { Rollout } from '../shared/rollout.js';
import { keepEvidence } from './judge.js';
import type { Guard } from './guard.js';
import type { Traffic, TrafficRollout } from './traffic.js';

interface Stage {
  readonly rollout: TrafficRollout;
  readonly traffic: Traffic;
  readonly guard: Guard;
}

/**
 * Sets the wanted share, unless someone else changed the weights meanwhile.
 *
 * @param keepsEvidence whether what the stage before has shown still counts. Default true
 * @param gate whose hooks are asked before. Default `beforeStage`; `null`: nobody is asked
 */
export async function applyShare(
  { rollout, traffic, guard }: Stage,
  {
    keepsEvidence = true,
    gate = 'beforeStage',
  }: { readonly keepsEvidence?: boolean; readonly gate?: Gate | null } = {},
): Promise<void> {
  const { roles, plan, step } = rollout.state;
  if (roles === null || step === 'waiting') return;
  const undo = { kind: 'weights', service: plan.service, weights: allToBaseline(roles) } as const;
  rollout.dispatch({ type: 'undoPlanned', undo });
  while (rollout.state.step === 'applying') {
    await rollout.until('Waiting to go on', ({ pause, hold }) => pause === null && hold === null);
    if (gate !== null && !(await mayGoOn(rollout, gate))) continue;
    if (keepsEvidence) await rollout.unlessStopped(() => keepEvidence(rollout));
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

/** Wakes on breach, command or timer; the reducer says which counts. `isLeft`: what else ends the waiting. */
export async function bake<State extends StagedTrafficState>(
  { rollout }: { readonly rollout: Rollout<State, never> },
  isLeft: (state: State) => boolean = () => false,
): Promise<void> {
  const summary = `Stage ${String(rollout.state.stage)} of ${String(rollout.state.plan.stages.length)} bakes at ${formatPercent(rollout.state.sharePercent)}`;
  await rollout.until(summary, (state) => state.step !== 'baking' || isLeft(state));
}

/** A person is asked whether to leave the stage, where the plan wants it. */
export async function approval({ rollout }: Pick<Stage, 'rollout'>): Promise<void> {
  const silence = planOfStage(rollout.state)?.approval?.onTimeout ?? 'hold';
  await rollout.until(`Approval, then ${silence}`, ({ step }) => step !== 'asking');
}

/** Nothing that was decided before may move what has become everybody's, so the last share gets a new fence. */
export async function confirmLast({ rollout, traffic }: Pick<Stage, 'rollout' | 'traffic'>): Promise<void> {
  const isClosing = (): boolean => rollout.state.step === 'closing';
  while (isClosing()) {
    await rollout.until('Waiting to end', ({ pause, hold }) => !isClosing() || (pause === null && hold === null));
    if (isClosing() && !(await mayGoOn(rollout, 'confirmPromotion'))) continue;
    const isConfirmed = isClosing() && (await rollout.unlessStopped(() => traffic.renewFence()));
    if (isConfirmed) rollout.dispatch({ type: 'closed' });
  }
}

/**
 * Whether its hooks let it go on. Asked right before it counts: what they allowed before a pause, a hold or another share was
 * wanted is asked anew. An undo waits for no hook.
 */
async function mayGoOn(rollout: TrafficRollout, gate: Gate): Promise<boolean> {
  const { undo, stage, sharePercent } = rollout.state;
  if (undo !== undefined) return true;
  const isOpen = await passGate(rollout, gate, { stage, trafficPercent: sharePercent });
  const { pause, hold, sharePercent: wantedPercent } = rollout.state;
  return isOpen && pause === null && hold === null && wantedPercent === sharePercent;
}

/** Lives through a stage, with its load beside it: that ends with the stage, however it ends. */
export async function whileStage(rollout: TrafficRollout, live: () => Promise<void>): Promise<void> {
  const { step, stage, sharePercent } = rollout.state;
  if (step !== 'baking' || !hasHook(rollout, 'whileStage')) return live();
  const load = new CancellationScope();
  void load
    .run(() => runLoad(rollout, { stage, trafficPercent: sharePercent }))
    .catch((error: unknown) => {
      if (!isCancellation(error)) rollout.dispatch({ type: 'faulted', reason: messageOf(error) });
    });
  try {
    await live();
  } finally {
    load.cancel();
  }
}
