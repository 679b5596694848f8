import { isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/contracts.js';
import { describeWeights, type Weights } from '../../domain/rollout/weights.js';
import type { Rollout } from './rollout.js';

const ATTEMPT_TIMEOUT = '6s';

/** A moment's trouble is tried away in silence; after that people are told, and it is tried on for ever. */
const QUIET_ATTEMPTS = 4;

const RETRY = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '2s' } as const;

/** Sets weights, read back from every instance, however long it takes. */
export async function setWeights(rollout: Rollout, weights: Weights): Promise<void> {
  const input = { service: rollout.state.plan.service, weights };
  const summary = `Set ${describeWeights(weights)}`;
  const quiet = proxyActivities<Activities>({
    startToCloseTimeout: ATTEMPT_TIMEOUT,
    retry: { ...RETRY, maximumAttempts: QUIET_ATTEMPTS },
    summary,
  });
  try {
    await quiet.setWeights(input);
    return;
  } catch (error) {
    if (isCancellation(error)) throw error;
    rollout.happens({ type: 'alarmed', alarm: `${summary} does not succeed: ${messageOf(error)}; trying on` });
  }
  const patient = proxyActivities<Activities>({ startToCloseTimeout: ATTEMPT_TIMEOUT, retry: RETRY, summary });
  await patient.setWeights(input);
  rollout.happens({ type: 'alarmed', alarm: null });
}

/** As {@link setWeights}, with a first try in this very workflow task: where the last milliseconds count. */
export async function setWeightsAtOnce(rollout: Rollout, weights: Weights): Promise<void> {
  const atOnce = proxyLocalActivities<Activities>({
    startToCloseTimeout: '1s',
    scheduleToCloseTimeout: '1s',
    retry: { maximumAttempts: 1 },
  });
  try {
    await atOnce.setWeights({ service: rollout.state.plan.service, weights });
  } catch (error) {
    if (isCancellation(error)) throw error;
    await setWeights(rollout, weights);
  }
}

/** The innermost reason, for people. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}
