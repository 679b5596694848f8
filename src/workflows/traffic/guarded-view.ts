import type { StageView, WatchInput } from '../../activities/contracts.js';
import { guardPlanOf } from '../../domain/staged-traffic/guard-plan-of.js';
import type { Roles } from '../../domain/traffic/weights.js';
import type { StagedTrafficState } from '../../domain/staged-traffic/state.js';
import { proofCountsFromMs } from '../../domain/stages/reducer/early-end.js';

/** A stage as it is to be guarded now. */
export interface GuardedView {
  /** Changes with everything that a watch has to be told. */
  readonly key: string;
  /** What decides whether it is undone: changes with every decision that makes the watch of before outdated. */
  readonly decision: string;
  /** Of the policy by which it is guarded. */
  readonly policyRevision: number;
  /** What a person had decided by then about what was found; `null`: nothing. */
  readonly overruledAtMs: number | null;
  readonly input: StageView & Pick<WatchInput, 'comesFromPercent' | 'isWaiting'>;
  /** From when on proof of health is waited for; absent where nobody waits for it. */
  readonly proofFromMs?: number;
}

/** `null` while there is nothing to guard; a stage that is undone is not: its 0 % is no share to watch. */
export function guardedViewOf(state: StagedTrafficState): GuardedView | null {
  if (state.stop !== null) return null;
  const input = viewNow(state);
  if (input === null || state.step === 'ended') return null;
  const { stage, sharePercent, startedAtMs, monitoringIntervalMs, comesFromPercent } = input;
  const { policyRevision, overruledAtMs } = state;
  const parts = [stage, sharePercent, startedAtMs, monitoringIntervalMs, comesFromPercent, policyRevision];
  const decision = parts.join('/');
  const proofFromMs = proofCountsFromMs(state);
  const view = { decision, policyRevision, overruledAtMs, input };
  return proofFromMs === null
    ? { ...view, key: decision }
    : { ...view, key: `${decision}/${String(proofFromMs)}`, proofFromMs };
}

function viewNow(state: StagedTrafficState): GuardedView['input'] | null {
  if (state.step === 'waiting') return state.isWatched ? viewWaiting(state, state.sinceMs) : null;
  return state.step === 'applying' ? (viewOnTheWay(state) ?? viewServed(state)) : viewOf(state);
}

/** Whether a watch of `before` guards `now` as well: the stage has ended, and nothing was decided since. */
export function stillGuards(before: GuardedView, state: StagedTrafficState): boolean {
  const isSame =
    before.policyRevision === state.policyRevision && before.input.monitoringIntervalMs === state.monitoringIntervalMs;
  return isSame && state.step === 'applying' && state.alarms.weights === undefined;
}

/** Whether a person has let the rollout go on since, in spite of what was found: what the watch knows of already counts anew. */
export function isOverruled(before: GuardedView, { overruledAtMs }: StagedTrafficState): boolean {
  return before.overruledAtMs !== overruledAtMs;
}

/** Whether it was decided since by what, or from when on, a stage fails: what the watch finds is not asked any more. */
export function isDecidedOtherwise(before: GuardedView, state: StagedTrafficState): boolean {
  return before.policyRevision !== state.policyRevision || isOverruled(before, state);
}

/**
 * Whether the watch of before would act on what is decided otherwise now, while its fence still stands: then the weights
 * need a new one.
 */
export function isDecidedAnew(before: GuardedView, now: GuardedView): boolean {
  const newest = Math.max(...before.input.fences);
  if (now.input.comesFromPercent !== undefined) return false;
  return before.decision !== now.decision && now.input.fences.includes(newest);
}

/** Whether a decision about weights was taken that has not reached every instance yet. */
export function hasOpenFence({ fences }: Pick<StagedTrafficState, 'fences'>): boolean {
  return fences.length > 1;
}

/** What is to be guarded and judged: what a person has decided about already is not asked again. */
export function viewOf(state: StagedTrafficState): GuardedView['input'] | null {
  const startedAtMs = state.stages[state.stage - 1]?.startedAtMs;
  if (state.roles === null || startedAtMs === undefined || startedAtMs === null) return null;
  return {
    ...viewAnywhere(state, state.roles),
    stage: state.stage,
    sharePercent: state.sharePercent,
    startedAtMs: Math.max(startedAtMs, state.overruledAtMs ?? startedAtMs),
  };
}

function viewAnywhere({ id, plan, monitoringIntervalMs, fences, analysis }: StagedTrafficState, roles: Roles) {
  const stageCount = plan.stages.length;
  return { plan: guardPlanOf(plan), stageCount, rolloutId: id, roles, monitoringIntervalMs, fences, carried: analysis };
}

/** Nobody meets the candidate, but it is to be known how it is before somebody does. */
function viewWaiting(state: StagedTrafficState, sinceMs: number): GuardedView['input'] | null {
  if (state.roles === null) return null;
  return {
    ...viewAnywhere(state, state.roles),
    stage: state.stage,
    sharePercent: 0,
    startedAtMs: sinceMs,
    isWaiting: true,
  };
}

/**
 * A share that is not gone on from yet is served for as long as that takes: its users are guarded by what is decided now,
 * from when its stage ended.
 */
function viewServed(state: StagedTrafficState): GuardedView['input'] | null {
  const { roles, appliedPercent, overruledAtMs } = state;
  const served = state.stages.findLastIndex(({ startedAtMs }) => startedAtMs !== null);
  const { startedAtMs, endedAtMs } = state.stages[served] ?? {};
  if (roles === null || appliedPercent === null || startedAtMs == null) return null;
  return {
    ...viewAnywhere(state, roles),
    stage: served + 1,
    sharePercent: appliedPercent,
    startedAtMs: Math.max(endedAtMs ?? startedAtMs, overruledAtMs ?? startedAtMs),
  };
}

/**
 * A share that cannot be set everywhere has reached some instances: their users are guarded as soon as people are told,
 * and what is seen counts from then on.
 */
function viewOnTheWay(state: StagedTrafficState): GuardedView['input'] | null {
  const { roles, alarmedAtMs, sharePercent, appliedPercent } = state;
  if (roles === null || state.alarms.weights === undefined || alarmedAtMs === null) return null;
  return {
    ...viewAnywhere(state, roles),
    stage: state.stage,
    sharePercent,
    comesFromPercent: appliedPercent ?? 0,
    startedAtMs: alarmedAtMs,
  };
}
