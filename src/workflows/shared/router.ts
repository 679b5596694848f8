import {
  ActivityCancellationType,
  isCancellation,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { Activities, DriftReport, SetWeightsInput, SetWeightsReport } from '../../activities/contracts.js';
import { describeWeights, splitBetween, type Weights } from '../../domain/rollout/weights.js';
import { persistently } from './persistently.js';
import type { Rollout } from './rollout.js';
import { ELSEWHERE, whereKnown } from './where-known.js';

/** A moment's trouble is tried away in silence. */
const QUIET_ATTEMPTS = 4;

/**
 * Longer than a router may take to answer, and than a slow worker needs that has hundreds to move at once: what is given up
 * for being late is done twice, and then all are later. A router that hangs ends it by its own timeout.
 */
const AT_ONCE = '8s';

/** So long a worker that knows the service may be missed before people are told. */
const QUIET_ELSEWHERE = '10s';

const RETRY = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '2s' } as const;

/**
 * Sets the weights of a stage, under a fence of their own, however long it takes. Where somebody else decided meanwhile it
 * changes nothing, and what was found becomes an event.
 *
 * @returns the fence that every instance bears now; `null` where somebody else decided, or the rollout has been stopped: then
 * the fence of the undo is among its own, and nothing may follow it.
 */
async function setStage(rollout: Rollout, weights: Weights): Promise<number | null> {
  if (rollout.isStopping) return null;
  if (rollout.state.overrides) return overwrite(rollout, weights, 'weights');
  const onlyIfFence = rollout.state.fences;
  const fence = rollout.takeFence();
  const report = await write(rollout, { weights, fence, onlyIfFence }, 'weights');
  if (report.outcome === 'set') return fence;
  // A decision of our own that came later makes this one outdated as well: then there is nothing to report.
  if (!isOutdone(rollout, fence, report.greatestFence)) tell(rollout, report);
  return null;
}

/**
 * The next share, as {@link setStage}. What renews the fence of the share before waits for it: the new one has a fence of
 * its own, and the old share must not follow it.
 */
export function moveOn(rollout: Rollout, weights: Weights): Promise<number | null> {
  const moving = setStage(rollout, weights);
  rollout.moving = moving.then(
    (fence) => fence !== null,
    () => false,
  );
  void rollout.moving.then(() => {
    rollout.moving = null;
  });
  return moving;
}

/** The same weights under a new fence: from now on nobody who guards by what was decided before can move them. */
export async function renewFence(rollout: Rollout): Promise<boolean> {
  if (rollout.moving !== null && (await rollout.moving)) return true;
  const { roles, appliedPercent } = rollout.state;
  if (roles === null || appliedPercent === null) return false;
  const fence = await setStage(rollout, splitBetween(roles, appliedPercent));
  if (fence !== null) rollout.happens({ type: 'fenceRenewed', fence });
  return fence !== null;
}

/** The undo: a first try in this very workflow task, where the last milliseconds count. Replaces whatever is there. */
export async function undoAtOnce(rollout: Rollout, weights: Weights): Promise<void> {
  const atOnce = proxyLocalActivities<Activities>({
    startToCloseTimeout: AT_ONCE,
    scheduleToCloseTimeout: AT_ONCE,
    retry: { maximumAttempts: 1 },
  });
  const { id, plan } = rollout.state;
  const input = { service: plan.service, rolloutId: id, weights, fence: rollout.takeFence(), ends: true } as const;
  try {
    const report = await atOnce.setWeights(input);
    if (report.outcome === 'set') return;
    rollout.happens({ type: 'fenceMet', fence: report.greatestFence });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
  await overwrite(rollout, weights, 'undo');
}

/** Replaces whatever is there, however long it takes: who decided meanwhile is outdone by a greater fence. */
export async function overwrite(rollout: Rollout, weights: Weights, cause: 'weights' | 'undo'): Promise<number> {
  for (;;) {
    const fence = rollout.takeFence();
    const report = await write(rollout, { weights, fence, ...(cause === 'undo' ? { ends: true } : {}) }, cause);
    if (report.outcome === 'set') return fence;
    rollout.happens({ type: 'fenceMet', fence: report.greatestFence });
  }
}

/** Whether someone else changed the weights since they were set last; the plan says what follows. */
export async function lookAtDrift(rollout: Rollout): Promise<void> {
  const { roles, appliedPercent, plan, id, fences } = rollout.state;
  if (roles === null || appliedPercent === null) return;
  const input = { service: plan.service, rolloutId: id, expected: splitBetween(roles, appliedPercent), fences };
  const what = 'Read the weights';
  const calls = routerCalls(what);
  const report = await persistently(rollout, {
    what,
    cause: 'reading',
    quietly: () => calls.quietly.readDrift(input),
    forEver: () => calls.forEver.readDrift(input),
  });
  tell(rollout, report);
}

function write(
  rollout: Rollout,
  change: Pick<SetWeightsInput, 'weights' | 'fence' | 'onlyIfFence' | 'ends'>,
  cause: 'weights' | 'undo',
): Promise<SetWeightsReport> {
  const input = { ...change, service: rollout.state.plan.service, rolloutId: rollout.state.id };
  const what = `Set ${describeWeights(change.weights)}`;
  const calls = routerCalls(what);
  return persistently(rollout, {
    what,
    cause,
    quietly: () => calls.quietly.setWeights(input),
    forEver: () => calls.forEver.setWeights(input),
  });
}

/** What was found instead of what the rollout left becomes an event. */
function tell(rollout: Rollout, { drift, undone }: DriftReport): void {
  if (undone !== null) rollout.happens({ type: 'breached', shared: false, ...undone });
  else if (drift !== null) rollout.happens({ type: 'drifted', reason: drift });
}

/** Whether what was met is a decision of this rollout that came later. */
function isOutdone({ state }: Rollout, fence: number, met: number): boolean {
  return met > fence && state.fences.includes(met);
}

/** Cancelled only when it has really ended: a call that is still on its way must not land after the undo unnoticed. */
function routerCalls(summary: string) {
  const options: ActivityOptions = {
    startToCloseTimeout: '6s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary,
  };
  const quiet = { ...options, retry: { ...RETRY, maximumAttempts: QUIET_ATTEMPTS } };
  return {
    quietly: whereKnown(quiet, { ...ELSEWHERE, scheduleToCloseTimeout: QUIET_ELSEWHERE }),
    forEver: whereKnown({ ...options, retry: RETRY }),
  };
}
