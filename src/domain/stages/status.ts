import type { Verdict } from '../analysis/verdict.js';
import { isAboutMoving } from '../rollout/alarms.js';
import { isUnanswered, type StatusBase } from '../rollout/status.js';

/** One stage of the plan, as it went. */
export interface StageStatus {
  readonly trafficPercent: number;
  readonly durationMs: number;
  /** It may end before its time, on proof of health. Absent: by its clock alone. */
  readonly advanceOnEvidence?: boolean;
  /** The least of its time that it lasts, when it ends on proof. */
  readonly minDurationMs?: number;
  /** How long it may last in all while its verdict is unknown; absent: see `onUnknown` of the plan. */
  readonly maxDurationMs?: number;
  readonly state: 'upcoming' | 'current' | 'passed' | 'stopped';
  /** ISO 8601 UTC, when its weights were read back. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Why it passed or not, in one sentence. */
  readonly conclusion: string | null;
  /** It is what the checks said. Absent: it is something else. */
  readonly byChecks?: true;
  readonly needsApproval: boolean;
}

/** What time alone decides while a person, or knowledge, is awaited. */
export interface StatusDeadline {
  readonly for: 'approval' | 'unknown';
  /** ISO 8601 UTC; `null` while the clock stands still. */
  readonly at: string | null;
  readonly then: 'abort' | 'hold' | 'continue';
}

/** Where a rollout in stages stands, whatever it is that moves. */
export interface StagesStatus extends StatusBase {
  /** 1-based; 0 before the first percent. */
  readonly currentStage: number;
  readonly stageCount: number;
  /** The candidate's desired share, 0–100. */
  readonly trafficPercentage: number;
  readonly verdict: Verdict | null;
  readonly stages: readonly StageStatus[];
  readonly stageStartedAt: string | null;
  /** `null` while the clock stands still. */
  readonly stageEndsAt: string | null;
  readonly pausedRemainingMs: number | null;
  /** Set while an approval or an unknown verdict is awaited, and not for ever. */
  readonly deadline: StatusDeadline | null;
  /** `false`: what fails holds and calls a person instead of rolling back. Absent where it is not known. */
  readonly autoRollback?: boolean;
  /** As it is set now, in words; absent when there is none. */
  readonly rollbackPolicy?: string;
}

/** How far stage `number` has come. */
export function stageStateOf(
  number: number,
  { currentStage, outcome }: Pick<StagesStatus, 'currentStage' | 'outcome'>,
  isStopped = outcome !== null,
): StageStatus['state'] {
  if (number > currentStage) return 'upcoming';
  if (number < currentStage || outcome === 'promoted') return 'passed';
  return isStopped ? 'stopped' : 'current';
}

/** As much of a rollout as waiting needs. A kind without stages never reaches one. */
export type Awaitable = StatusBase & Partial<Pick<StagesStatus, 'currentStage' | 'stageStartedAt' | 'stages'>>;

/**
 * Nothing will come of it without a person: it is held for one, waits for an approval, or traffic does not follow. While no
 * worker answers this cannot be known, and a worker that restarts is no reason to give up.
 */
export function isStuck(status: Awaitable): boolean {
  if (status.needsHuman === null || isUnanswered(status)) return false;
  return status.phase === 'held' || status.phase === 'awaitingApproval' || isFailingToMove(status);
}

/** Traffic does not follow: the undo, or the last step, is refused by the data plane again and again. */
export function isFailingToMove({ needsHuman, alarms, phase, stageStartedAt, stages }: Awaitable): boolean {
  if (needsHuman === null) return false;
  // A worker of an earlier version names no causes.
  if (alarms !== undefined && !alarms.some(isAboutMoving)) return false;
  const isUnconfirmed = stageStartedAt === null || stages?.at(-1)?.endedAt != null;
  return phase === 'rollingBack' || (phase === 'promoting' && isUnconfirmed);
}
