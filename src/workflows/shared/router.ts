import {
  ActivityCancellationType,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { Activities } from '../../activities/contracts.js';
import { describeWeights, splitBetween, type Weights } from '../../domain/rollout/weights.js';
import { persistently } from './persistently.js';
import type { Rollout } from './rollout.js';
import { ELSEWHERE, handedOutAnew, leavingUnknown } from './where-known.js';

/** A moment's trouble is tried away in silence. */
const QUIET_ATTEMPTS = 4;

/** Longer than a router may take to answer by default, and than a worker needs that has hundreds to move at once. */
const AT_ONCE = '3s';

/** So long a worker that knows the service may be missed before people are told. */
const QUIET_ELSEWHERE = '10s';

const RETRY = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '2s' } as const;

/** Sets weights, read back from every instance, however long it takes. */
export async function setWeights(rollout: Rollout, weights: Weights): Promise<void> {
  const input = { service: rollout.state.plan.service, weights };
  const what = `Set ${describeWeights(weights)}`;
  const calls = routerCalls(what);
  await persistently(
    rollout,
    what,
    () => calls.quietly.setWeights(input),
    () => calls.forEver.setWeights(input),
    () => calls.elsewhere().setWeights(input),
  );
}

/** The undo: as {@link setWeights}, with a first try in this very workflow task, where the last milliseconds count. */
export async function undoAtOnce(rollout: Rollout, weights: Weights): Promise<void> {
  const atOnce = proxyLocalActivities<Activities>({
    startToCloseTimeout: AT_ONCE,
    scheduleToCloseTimeout: AT_ONCE,
    retry: { maximumAttempts: 1 },
  });
  try {
    await atOnce.setWeights({ service: rollout.state.plan.service, weights, ends: rollout.state.id });
  } catch (error) {
    if (isCancellation(error)) throw error;
    await setWeights(rollout, weights);
  }
}

/** Whether someone else changed the weights since they were set last; the plan says what follows. */
export async function lookAtDrift(rollout: Rollout): Promise<void> {
  const { roles, appliedPercent, plan } = rollout.state;
  if (roles === null || appliedPercent === null) return;
  const input = { service: plan.service, expected: splitBetween(roles, appliedPercent) };
  const what = 'Read the weights';
  const calls = routerCalls(what);
  const { drift } = await persistently(
    rollout,
    what,
    () => calls.quietly.readDrift(input),
    () => calls.forEver.readDrift(input),
    () => calls.elsewhere().readDrift(input),
  );
  if (drift !== null) rollout.happens({ type: 'drifted', reason: drift });
}

/** Cancelled only when it has really ended: a call that is still on its way must not land after the undo unnoticed. */
function routerCalls(summary: string) {
  const options: ActivityOptions = {
    startToCloseTimeout: '6s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary,
  };
  const quiet = { ...options, retry: leavingUnknown({ ...RETRY, maximumAttempts: QUIET_ATTEMPTS }) };
  return {
    quietly: proxyActivities<Activities>(quiet),
    forEver: proxyActivities<Activities>({ ...options, retry: RETRY }),
    elsewhere: () => handedOutAnew(quiet, { ...ELSEWHERE, scheduleToCloseTimeout: QUIET_ELSEWHERE }),
  };
}
