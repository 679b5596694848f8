import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { CheckEnvironmentInput, EnvironmentAnswer } from '../../activities/contracts.js';
import type { BlueGreenEvent } from '../../domain/blue-green/reduce.js';
import { hasSwitched, type BlueGreenState } from '../../domain/blue-green/state.js';
import { guardPlanOf } from '../../domain/staged-traffic/guard-plan-of.js';
import type { Answered } from '../shared/listen.js';
import { messageOf } from '../shared/retry-until-done.js';
import type { Rollout } from '../shared/rollout.js';
import { ELSEWHERE, whereKnown } from '../shared/where-known.js';

type BlueGreenRollout = Rollout<BlueGreenState, BlueGreenEvent>;

/** Between two questions whether the idle environment is healthy by now, at most. */
const LONGEST_BETWEEN_QUESTIONS_MS = 2000;

/** A switch that was asked for is answered when it was refused, or read back. */
export function hearSwitches({ wish, answered, step }: BlueGreenState): Answered {
  if (wish !== null || (step === 'applying' && answered?.refused === null)) return { isDone: false };
  const refused = answered?.refused ?? null;
  return { isDone: true, refusal: refused === null ? null : { code: 'NOT_HEALTHY', message: refused } };
}

/** The idle environment is there, as far as anybody has said. */
export async function prepare(rollout: BlueGreenRollout): Promise<void> {
  if (rollout.state.isPrepared || rollout.state.roles === null) return;
  rollout.dispatch({
    type: 'prepared',
    reason: `${rollout.state.roles.candidate} is brought up by whoever deploys it`,
  });
  return Promise.resolve();
}

/** Until somebody asks for a switch, or the idle environment is healthy where that is what is waited for. */
export async function untilSwitch(rollout: BlueGreenRollout): Promise<void> {
  const isAsked = ({ step, wish }: BlueGreenState): boolean => step !== 'waiting' || wish !== null;
  if (isAsked(rollout.state)) return;
  const scope = new CancellationScope();
  if (rollout.state.plan.switchWhen === 'healthy' && !hasSwitched(rollout.state)) askUntilHealthy(rollout, scope);
  try {
    await rollout.until('A switch is waited for', isAsked);
  } finally {
    scope.cancel();
  }
}

/** Right before the switch: what was found when it was asked for may be true no more. */
export async function checkWish(rollout: BlueGreenRollout): Promise<void> {
  const { wish } = rollout.state;
  if (wish === null) return;
  const { number, to, validateHealth } = wish;
  const answer = validateHealth
    ? await rollout.unlessStopped(() => check(rollout, to))
    : { fit: true, reason: 'healthy or not' };
  rollout.dispatch({ type: 'switchChecked', number, ...answer });
}

async function check(rollout: BlueGreenRollout, slot: string): Promise<EnvironmentAnswer> {
  const input = viewOf(rollout, slot);
  if (input === null) return { fit: false, reason: 'the service is still looked at' };
  const activities = whereKnown(
    {
      startToCloseTimeout: '20s',
      retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumAttempts: 3 },
      summary: `May ${slot} serve?`,
    },
    ELSEWHERE,
  );
  try {
    return await activities.checkEnvironment({ ...input, untilHealthy: false });
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { fit: false, reason: `whether ${slot} is healthy cannot be found out: ${messageOf(error)}` };
  }
}

/** By retries, which leave nothing in the history. */
function askUntilHealthy(rollout: BlueGreenRollout, scope: CancellationScope): void {
  const input = viewOf(rollout, rollout.state.roles?.candidate ?? '');
  if (input === null) return;
  const intervalMs = Math.min(input.plan.health?.intervalMs ?? Infinity, LONGEST_BETWEEN_QUESTIONS_MS);
  const activities = whereKnown({
    startToCloseTimeout: '20s',
    retry: { initialInterval: intervalMs, backoffCoefficient: 1, maximumInterval: intervalMs },
    summary: `Until ${input.slot} is known to be healthy`,
  });
  void scope
    .run(() => activities.checkEnvironment({ ...input, untilHealthy: true }))
    .then(({ reason }) => rollout.dispatch({ type: 'idleHealthy', reason }))
    .catch((error: unknown) => {
      if (isCancellation(error)) return;
      const alarm = `whether ${input.slot} is healthy cannot be found out: ${messageOf(error)}`;
      rollout.dispatch({ type: 'alarmed', cause: 'guard', alarm });
    });
}

function viewOf({ state }: BlueGreenRollout, slot: string): Omit<CheckEnvironmentInput, 'untilHealthy'> | null {
  return state.roles === null ? null : { plan: guardPlanOf(state.plan), rolloutId: state.id, roles: state.roles, slot };
}
