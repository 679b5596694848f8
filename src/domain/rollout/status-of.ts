import { formatPercent } from '../percent.js';
import { alarmCauses, alarmWords } from './alarms.js';
import { heldWords, holdsOf } from './holds.js';
import { phaseOf } from './phase-of.js';
import type { StagePlan } from './plan.js';
import type { WatchPicture } from './picture.js';
import { SHOWN_HAPPENINGS } from './reducer/record.js';
import { verbsTaken } from './refusal.js';
import { policyWords } from './rollback-policy.js';
import { servesAtEnd } from './serving/left-behind.js';
import { isOverBy, passingOf, warningsOf } from './passing-warnings.js';
import { endOf } from './stage-clock.js';
import type { Happening, Pause, RolloutState } from './state.js';
import { failedChecks, type Stop } from './stop.js';
import {
  stageStateOf,
  UNSEEN,
  type RolloutStatus,
  type StageStatus,
  type StatusDeadline,
  type StatusEvent,
  type StatusProblem,
} from './status.js';
import { messageOfWarning } from './warnings.js';
import { splitBetween } from './weights.js';

/** A rollout's state as people see it. */
export function statusOf(state: RolloutState, nowMs: number): RolloutStatus {
  const { undo } = state;
  const serves = servesAtEnd(state);
  const passing = passingOf(state);
  const alarms = state.outcome === null ? alarmCauses(state.alarms) : [];
  const problems = problemsOf(state.stop);
  return {
    id: state.id,
    name: state.plan.name,
    service: state.plan.service,
    ...UNSEEN,
    version: state.plan.version ?? null,
    phase: phaseOf(state),
    outcome: state.outcome,
    moved: state.stage > 0,
    ...(undo === undefined ? {} : { undo: { to: undo.to ?? null, now: undo.now === true } }),
    stop: state.stop === null ? null : stopOf(state.stop),
    currentStage: state.stage,
    stageCount: state.plan.stages.length,
    trafficPercentage: state.sharePercent,
    roles: state.roles,
    desired: state.roles === null ? null : splitBetween(state.roles, state.sharePercent),
    verdict: state.verdict,
    stages: state.plan.stages.map((_, index) => stageStatus(state, index)),
    isComplete: state.outcome !== null,
    startedAt: iso(state.startedAtMs),
    endedAt: isoOrNull(state.endedAtMs),
    stageStartedAt: isoOrNull(state.stages[state.stage - 1]?.startedAtMs ?? null),
    stageEndsAt: state.step === 'baking' && state.clock !== null ? isoOrNull(endOf(state.clock)) : null,
    pausedRemainingMs: state.pause !== null && state.clock !== null ? state.clock.remainingMs : null,
    resumesAt: isoOrNull(state.pause?.untilMs ?? null),
    deadline: deadlineOf(state),
    reason: reasonOf(state),
    autoRollback: state.plan.autoRollback !== false,
    ...(state.plan.rollbackPolicy === undefined ? {} : { rollbackPolicy: policyWords(state.plan.rollbackPolicy) }),
    needsHuman: needsHuman(state),
    ...(alarms.length === 0 ? {} : { alarms }),
    takes: verbsTaken(state),
    warnings: warningsOf(state),
    ...(passing.length === 0 ? {} : { passing }),
    ...(problems.length === 0 ? {} : { problems }),
    ...(serves === null ? {} : { serves }),
    history: state.happenings.slice(-SHOWN_HAPPENINGS).map(eventOf),
    requestedBy: state.requestedBy,
    requestId: state.requestId,
    worker: 'answering',
    asOf: iso(nowMs),
  };
}

function stopOf(stop: Stop): RolloutStatus['stop'] {
  const { cause, atMs, undoneAtMs } = stop;
  const checks = failedChecks(stop);
  return {
    cause,
    at: iso(atMs),
    ...(undoneAtMs === undefined ? {} : { undoneAt: iso(undoneAtMs) }),
    ...(checks.length === 0 ? {} : { checks }),
  };
}

/** Evidence comes from activities: only what has the shape of problems is shown as such. */
function problemsOf(stop: Stop | null): readonly StatusProblem[] {
  if (stop?.cause !== 'preflight' || !Array.isArray(stop.evidence)) return [];
  return stop.evidence.filter((one): one is StatusProblem => {
    if (typeof one !== 'object' || one === null) return false;
    const fields = one as Readonly<Record<string, unknown>>;
    return ['subject', 'message', 'expected', 'remedy'].every((key) => typeof fields[key] === 'string');
  });
}

function deadlineOf({ step, clock, stop, hold, plan, stage }: RolloutState): StatusDeadline | null {
  const timeDecides = stop === null && (hold === null || hold.kind === 'unknown');
  if (clock === null || !timeDecides) return null;
  const at = isoOrNull(endOf(clock));
  if (step === 'asking') return { for: 'approval', at, then: plan.stages[stage - 1]?.approval?.onTimeout ?? 'hold' };
  return step === 'judging' ? { for: 'unknown', at, then: plan.onUnknown.action } : null;
}

/** The status with what the running watch saw last. What it shows to be over is said no more. */
export function withPicture({ passing = [], ...status }: RolloutStatus, picture: WatchPicture | null): RolloutStatus {
  if (picture === null || picture.stage !== status.currentStage || status.isComplete) return status;
  const lasting = status.warnings.slice(0, status.warnings.length - passing.length);
  const still = passing.filter((warning) => !isOverBy(warning, picture)).map(messageOfWarning);
  return {
    ...status,
    observed: picture.observed,
    healthScore: picture.healthScore,
    checks: picture.checks,
    verdict: status.verdict ?? picture.verdict,
    asOf: picture.at,
    warnings: [...lasting, ...still, ...picture.trouble],
    reason: status.reason + proofWords(status, picture),
  };
}

/** What a stage that may end early still waits for, to stand at the end of the reason. */
function proofWords(status: RolloutStatus, { checks }: WatchPicture): string {
  const stage = status.stages[status.currentStage - 1];
  // Its clock runs, and nothing else is to be said.
  if (stage?.advanceOnEvidence !== true || status.stageEndsAt === null) return '';
  const missing = checks.flatMap(({ name, suspended, proof, missing: wanted }) => {
    const words = suspended === true ? null : (wanted ?? proof?.missing ?? null);
    return words === null ? [] : [`${name} ${words}`];
  });
  if (missing.length > 0) return `; it may end early: ${missing.join('; ')}`;
  return checks.some(({ proof }) => proof?.proven === true) ? '; health is proven' : '';
}

function stageStatus(state: RolloutState, index: number): StageStatus {
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
    needsApproval: plan?.approval !== undefined || !state.plan.autoProgression,
  };
}

function timesOf({ advanceOnEvidence, minDurationMs, maxDurationMs }: StagePlan): Partial<StageStatus> {
  return {
    ...(advanceOnEvidence === undefined ? {} : { advanceOnEvidence }),
    ...(minDurationMs === undefined ? {} : { minDurationMs }),
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
  };
}

/** Why it stands where it stands, in one sentence. */
export function reasonOf(state: RolloutState): string {
  if (state.stop !== null) return state.stop.reason;
  if (state.alreadyServes !== undefined) return state.alreadyServes;
  if (state.outcome === 'promoted')
    return `every stage passed; ${state.roles?.candidate ?? 'the candidate'} serves everybody`;
  if (state.pause !== null)
    return pausedWords(state.pause) + (state.hold === null ? '' : `; held: ${heldWords(state)}`);
  if (state.hold !== null) return heldWords(state);
  switch (state.step) {
    case 'preflight':
      return 'looking whether the service is fit for a rollout';
    case 'applying':
      return `setting ${formatPercent(state.sharePercent)}`;
    case 'baking':
      return `baking at ${formatPercent(state.sharePercent)}`;
    case 'judging':
      return `judging the stage at ${formatPercent(state.sharePercent)}`;
    case 'asking':
      return `waiting for approval to leave ${formatPercent(state.sharePercent)}`;
    case 'closing':
      return `confirming that ${state.roles?.candidate ?? 'the candidate'} serves everybody`;
    case 'undoing':
    case 'ended':
      return state.outcome ?? 'undoing';
  }
}

function pausedWords({ by, reason }: Pause): string {
  return `paused${by === undefined ? '' : ` by ${by}`}${reason === undefined ? '' : `: ${reason}`}`;
}

function needsHuman(state: RolloutState): string | null {
  if (state.outcome !== null) return null;
  if (state.stop !== null) return alarmWords(state.alarms);
  const held = holdsOf(state).some((hold) => hold.needsHuman) ? [heldWords(state)] : [];
  const alarm = alarmWords(state.alarms);
  const wanted = [...(alarm === null ? [] : [alarm]), ...held];
  if (wanted.length > 0) return wanted.join('; and ');
  return state.step === 'asking' && state.pause === null ? reasonOf(state) : null;
}

function eventOf(happening: Happening): StatusEvent {
  return { at: iso(happening.atMs), what: happening.what, ...(happening.by === undefined ? {} : { by: happening.by }) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
