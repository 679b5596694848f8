import type { RolloutStatus } from '../domain/staged-traffic/status.js';
import type { StageStatus } from '../domain/stages/status.js';

/** How long it still takes, as far as the plan tells. */
export interface TimeLeft {
  /** In this stage; `null` when nothing is counted down. */
  readonly stageMs: number | null;
  /** Until all traffic is on the candidate; `null` when it already is, or never will be. */
  readonly fullMs: number | null;
  /** How often a person is asked until then. */
  readonly approvals: number;
}

/** Holds, pauses and approvals take their time on top. */
export function timeLeft(status: RolloutStatus, nowMs: number): TimeLeft {
  const none: TimeLeft = { stageMs: null, fullMs: null, approvals: 0 };
  if (status.endedAt !== null || status.isComplete || status.phase === 'rollingBack') return none;
  const stageMs = leftInStage(status, nowMs);
  if (status.currentStage >= status.stageCount) return { ...none, stageMs };
  const before100 = status.stages.slice(0, -1);
  const ahead = before100.slice(status.currentStage);
  const current = before100[status.currentStage - 1];
  const asked = (current === undefined ? ahead : [current, ...ahead]).filter(needsApproval);
  return {
    stageMs,
    fullMs: ahead.reduce((sum, { durationMs }) => sum + durationMs, restOf(status, stageMs)),
    approvals: asked.length,
  };
}

function leftInStage({ stageEndsAt, pausedRemainingMs, deadline }: RolloutStatus, nowMs: number): number | null {
  // What a pause keeps then is the time to answer.
  if (deadline !== null) return null;
  if (pausedRemainingMs !== null) return pausedRemainingMs;
  return stageEndsAt === null ? null : Math.max(0, Date.parse(stageEndsAt) - nowMs);
}

/** A stage whose weights have yet to be read back lasts its whole duration; one that is judged has none left. */
function restOf({ stages, currentStage, stageStartedAt }: RolloutStatus, stageMs: number | null): number {
  if (stageMs !== null) return stageMs;
  return stageStartedAt === null ? (stages[currentStage - 1]?.durationMs ?? 0) : 0;
}

function needsApproval(stage: StageStatus): boolean {
  return stage.needsApproval;
}
