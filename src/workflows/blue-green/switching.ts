import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { CheckEnvironmentInput, EnvironmentAnswer } from '../../activities/contracts.js';
import type { SwitchEvent } from '../../domain/blue-green/reduce.js';
import { activeOf, hasSwitched, type BlueGreenState } from '../../domain/blue-green/state.js';
import { guardPlanOf } from '../../domain/staged-traffic/guard-plan-of.js';
import type { HookFacts } from '../../domain/hooks/payload.js';
import { askHook, hasHook, passGate, tellHook } from '../shared/hooks.js';
import type { Answered } from '../shared/listen.js';
import { messageOf } from '../shared/retry-until-done.js';
import type { Moving } from '../traffic/moving.js';
import { applyShare } from '../traffic/stage.js';
import { ELSEWHERE, whereKnown } from '../shared/where-known.js';

type BlueGreen = Moving<BlueGreenState, SwitchEvent>;
type BlueGreenRollout = BlueGreen['rollout'];

/** Between two questions whether the idle environment is healthy by now, at most. */
const LONGEST_BETWEEN_QUESTIONS_MS = 2000;

/** A switch that was asked for is answered when it was refused, or read back; any other command at once. */
export function followSwitch(before: BlueGreenState, taken: BlueGreenState): (now: BlueGreenState) => Answered {
  const asked = taken.wish === before.wish ? null : taken.wish;
  return ({ wish, answered, step }) => {
    const isOther = asked === null || (answered?.number !== asked.number && wish?.number !== asked.number);
    if (isOther) return { isDone: true, refusal: null };
    if (answered?.number !== asked.number) return { isDone: false };
    if (answered.refused !== null) return { isDone: true, refusal: { code: 'NOT_HEALTHY', message: answered.refused } };
    return step === 'applying' ? { isDone: false } : { isDone: true, refusal: null };
  };
}

/** The idle environment is brought up by its hook; without one it is there, or comes, as whoever deploys it sees to. */
export async function prepare(rollout: BlueGreenRollout): Promise<void> {
  const isOpen = ({ step, isPrepared }: BlueGreenState): boolean => step !== 'waiting' || isPrepared;
  while (!isOpen(rollout.state)) {
    await rollout.until('Waiting to go on', (state) => isOpen(state) || (state.pause === null && state.hold === null));
    const slot = rollout.state.roles?.candidate ?? '';
    const report = await askHook(rollout, 'prepare', factsOf(rollout.state, slot));
    switch (report.answer) {
      case 'yes': {
        const reason = hasHook(rollout, 'prepare')
          ? `${slot} is prepared`
          : `${slot} is brought up by whoever deploys it`;
        rollout.dispatch({ type: 'prepared', reason });
        break;
      }
      case 'no':
        rollout.dispatch({ type: 'preflightFailed', reason: `prepare: a hook said no: ${report.reason}` });
        rollout.proceed();
        break;
      case 'unknown': {
        const reason = `prepare: a hook did not answer: ${report.reason}`;
        rollout.dispatch({ type: 'hooked', change: { kind: 'shut', moment: 'prepare', reason } });
      }
    }
  }
}

/** Sets the weights, and says so when they are read back. */
export async function switchTraffic(blueGreen: BlueGreen): Promise<void> {
  const { rollout } = blueGreen;
  const isSwitching = rollout.state.step === 'applying';
  await applyShare(blueGreen, { keepsEvidence: false, gate: null });
  if (isSwitching) tellSwitch(rollout);
}

/** Who is behind the service hears which environment serves, after every switch. */
export function tellSwitch(rollout: BlueGreenRollout): void {
  const active = activeOf(rollout.state);
  if (active === null || !hasSwitched(rollout.state)) return;
  tellHook(rollout, 'afterSwitch', { why: `${active} serves everybody`, facts: factsOf(rollout.state, active) });
}

/** The old environment is given up: it is no way back any more, because the rollout has ended. */
export async function retire(rollout: BlueGreenRollout): Promise<void> {
  const { roles, outcome } = rollout.state;
  if (outcome !== 'promoted' || roles === null || !hasSwitched(rollout.state)) return;
  const report = await askHook(rollout, 'retire', factsOf(rollout.state, roles.baseline));
  if (report.answer !== 'yes') tellHook(rollout, 'needsHuman', { why: `${roles.baseline} is kept: ${report.reason}` });
}

function factsOf({ plan }: BlueGreenState, slot: string): HookFacts {
  return { environment: slot, config: plan.environments[slot] ?? {} };
}

/** Until somebody asks for a switch, or the idle environment is healthy where that is what is waited for. */
export async function untilSwitch(rollout: BlueGreenRollout): Promise<void> {
  const isAsked = ({ step, wish }: BlueGreenState): boolean => step !== 'waiting' || wish !== null;
  const isByItself = rollout.state.plan.switchWhen === 'healthy' && !hasSwitched(rollout.state);
  // What comes while it is paused or held counts for nothing, and is asked anew afterwards.
  const stands = ({ pause, hold }: BlueGreenState): boolean => isByItself && (pause !== null || hold !== null);
  while (!isAsked(rollout.state)) {
    await rollout.until('Waiting to go on', (state) => isAsked(state) || !stands(state));
    const scope = new CancellationScope();
    if (isByItself) askUntilHealthy(rollout, scope);
    try {
      await rollout.until('A switch is waited for', (state) => isAsked(state) || stands(state));
    } finally {
      scope.cancel();
    }
  }
}

/** Right before the switch: what was found when it was asked for may be true no more. */
export async function checkWish(rollout: BlueGreenRollout): Promise<void> {
  const { wish } = rollout.state;
  if (wish === null) return;
  const { number, to, validateHealth } = wish;
  // The way back waits for nobody.
  const isForth = to === rollout.state.roles?.candidate;
  const isOpen = !isForth || (await passGate(rollout, 'beforeSwitch', factsOf(rollout.state, to)));
  const answer = !isOpen
    ? { fit: false, reason: rollout.state.hold?.reason ?? 'a hook did not say yes' }
    : validateHealth
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
