import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { StageAnswer } from '../../activities/contracts.js';
import { formatPercent } from '../../domain/percent.js';
import type { StagedTrafficState } from '../../domain/staged-traffic/state.js';
import { viewOf } from './guarded-view.js';
import { messageOf } from '../shared/retry-until-done.js';
import { undoneByGuard, type TrafficRollout } from './traffic.js';
import { ELSEWHERE, whereKnown } from '../shared/where-known.js';

/** The mark in histories where a person has overruled what was found while the stage was judged by it. */
const OVERRULED_IS_ASKED_ANEW = 'overruled-is-asked-anew';

/** What a question rests on: an answer to what is decided otherwise since is ignored, and it is asked anew. */
type Basis = Pick<StagedTrafficState, 'policyRevision' | 'overruledAtMs'>;

/** The verdict on the whole stage: goes on, stops, or holds and asks again until it is known. */
export async function judge({ rollout }: { readonly rollout: TrafficRollout }): Promise<void> {
  while (rollout.state.step === 'judging') {
    const basis: Basis = rollout.state;
    if (rollout.state.verdict === null) hear(rollout, await rollout.unlessStopped(() => ask(rollout)), basis);
    await whileHeld(rollout);
  }
}

/** Before a stage begins anew with another share: what it has shown of harm so far still counts. */
export async function keepEvidence(rollout: TrafficRollout): Promise<void> {
  if (viewOf(rollout.state) === null) return;
  const basis: Basis = rollout.state;
  const { verdict, reason, evidence, carried, undone } = await ask(rollout);
  if (undone !== undefined) undoneByGuard(rollout, undone);
  // By a policy that was changed meanwhile nothing is judged.
  else if (rollout.state.policyRevision !== basis.policyRevision || isOverruledSince(rollout, basis))
    return keepEvidence(rollout);
  // A person who goes on in spite of it has decided about it: the stage must not fail of it once more.
  else if (verdict === 'failed') rollout.dispatch({ type: 'breached', reason, evidence, shared: false });
  else rollout.dispatch({ type: 'evidenceKept', carried });
}

/** Holds while the verdict is unknown; asked again beside it, by retries that leave nothing in the history. */
async function whileHeld(rollout: TrafficRollout): Promise<void> {
  const scope = new CancellationScope();
  const asksAgain = rollout.state.verdict === 'inconclusive' || rollout.state.verdict === 'error';
  if (asksAgain) {
    const basis: Basis = rollout.state;
    void scope
      .run(() => askUntilKnown(rollout))
      .then((judgement) => hear(rollout, judgement, basis))
      .catch((error: unknown) => {
        if (!isCancellation(error)) hear(rollout, unjudgeable(error), basis);
      });
  }
  const { action } = rollout.state.plan.onUnknown;
  try {
    await rollout.until(`Still unknown, then ${action}`, ({ step, verdict }) => step !== 'judging' || verdict === null);
  } finally {
    scope.cancel();
  }
}

function hear(
  rollout: TrafficRollout,
  { verdict, reason, evidence, carried, undone }: StageAnswer,
  basis: Basis,
): void {
  const { policyRevision } = basis;
  if (undone !== undefined) undoneByGuard(rollout, undone);
  else if (!isOverruledSince(rollout, basis))
    rollout.dispatch({ type: 'judged', verdict, reason, evidence, carried, policyRevision });
}

/** Whether a person has let the stage go on since, in spite of what it had shown by then. */
function isOverruledSince({ state }: TrafficRollout, { overruledAtMs }: Basis): boolean {
  return state.overruledAtMs !== overruledAtMs && patched(OVERRULED_IS_ASKED_ANEW);
}

function unjudgeable(error: unknown): StageAnswer {
  return { verdict: 'error', reason: `the stage cannot be judged: ${messageOf(error)}`, evidence: null, carried: null };
}

async function ask(rollout: TrafficRollout): Promise<StageAnswer> {
  const view = viewOf(rollout.state);
  if (view === null) return { verdict: 'error', reason: 'the stage has not begun', evidence: null, carried: null };
  const activities = whereKnown(
    {
      startToCloseTimeout: '30s',
      retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumAttempts: 3 },
      summary: `Judge stage ${String(view.stage)} at ${formatPercent(view.sharePercent)}`,
    },
    ELSEWHERE,
  );
  try {
    return await activities.judgeStage({ ...view, untilKnown: false });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return unjudgeable(error);
  }
}

async function askUntilKnown(rollout: TrafficRollout): Promise<StageAnswer> {
  const view = viewOf(rollout.state);
  if (view === null) return ask(rollout);
  const activities = whereKnown({
    startToCloseTimeout: '30s',
    retry: {
      initialInterval: view.monitoringIntervalMs,
      backoffCoefficient: 1,
      maximumInterval: view.monitoringIntervalMs,
    },
    summary: `Judge stage ${String(view.stage)} again until it is known`,
  });
  return activities.judgeStage({ ...view, untilKnown: true });
}
