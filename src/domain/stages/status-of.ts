import { isoOrNull } from '../iso-time.js';
import { endOf } from '../rollout/clock.js';
import { endsByItself } from '../rollout/holds.js';
import type { Phase } from '../rollout/phase.js';
import type { StatusBase } from '../rollout/status.js';
import { asksBeforeLeaving } from './approvals.js';
import type { StagePlan } from './plan.js';
import type { Verb } from './commands.js';
import { verbsTaken } from './refusal.js';
import { policyWords } from './rollback-policy.js';
import { clockOf, isLastStage, type StagesState } from './state.js';
import { stageStateOf, type StagesStatus, type StageStatus, type StatusDeadline } from './status.js';

/** What a rollout in stages adds to what every rollout shows. */
export function stagesStatusOf(
  state: StagesState,
): Omit<StagesStatus, keyof StatusBase> & { readonly takes: readonly Verb[] } {
  const { plan, stage, pause } = state;
  const clock = clockOf(state);
  return {
    currentStage: stage,
    stageCount: plan.stages.length,
    trafficPercentage: state.sharePercent,
    verdict: state.verdict,
    stages: plan.stages.map((_, index) => stageStatus(state, index)),
    stageStartedAt: isoOrNull(state.stages[stage - 1]?.startedAtMs ?? null),
    stageEndsAt: state.step === 'baking' && clock !== null ? isoOrNull(endOf(clock)) : null,
    pausedRemainingMs: pause !== null && clock !== null ? clock.remainingMs : null,
    deadline: deadlineOf(state),
    autoRollback: plan.autoRollback !== false,
    ...(plan.rollbackPolicy === undefined ? {} : { rollbackPolicy: policyWords(plan.rollbackPolicy) }),
    takes: verbsTaken(state),
  };
}

function deadlineOf(state: StagesState): StatusDeadline | null {
  const { step, stop, hold, plan, stage } = state;
  const clock = clockOf(state);
  const timeDecides = stop === null && (hold === null || endsByItself(hold));
  if (clock === null || !timeDecides) return null;
  const at = isoOrNull(endOf(clock));
  if (step === 'waiting') return { for: 'approval', at, then: plan.begin?.onTimeout ?? 'hold' };
  if (step === 'asking') return { for: 'approval', at, then: plan.stages[stage - 1]?.approval?.onTimeout ?? 'hold' };
  return step === 'judging' ? { for: 'unknown', at, then: plan.onUnknown.action } : null;
}

function stageStatus(state: StagesState, index: number): StageStatus {
  const plan = state.plan.stages[index];
  const record = state.stages[index];
  const number = index + 1;
  return {
    trafficPercent: number === state.stage && state.stop === null ? state.sharePercent : (plan?.trafficPercent ?? 0),
    durationMs: plan?.durationMs ?? 0,
    ...(plan === undefined ? {} : timesOf(plan)),
    state: stageStateOf(number, { currentStage: state.stage, outcome: state.outcome }, state.stop !== null),
    startedAt: isoOrNull(record?.startedAtMs ?? null),
    endedAt: isoOrNull(record?.endedAtMs ?? null),
    conclusion: record?.conclusion ?? null,
    ...(record?.byChecks === true ? { byChecks: true } : {}),
    needsApproval: asksBeforeLeaving(state.plan, number),
  };
}

function timesOf({ advanceOnEvidence, minDurationMs, maxDurationMs }: StagePlan): Partial<StageStatus> {
  return {
    ...(advanceOnEvidence === undefined ? {} : { advanceOnEvidence }),
    ...(minDurationMs === undefined ? {} : { minDurationMs }),
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
  };
}

/** The one word for where a rollout stands. */
export function phaseOf(state: StagesState): Phase {
  if (state.outcome !== null) return state.outcome;
  if (state.stop !== null) return 'rollingBack';
  if (state.pause !== null) return 'paused';
  if (state.hold !== null) return 'held';
  if (state.step === 'asking') return 'awaitingApproval';
  if (state.step === 'preflight') return 'waiting';
  return isLastStage(state) ? 'promoting' : 'progressing';
}
