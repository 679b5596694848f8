import type { AnalysisPlan } from '../analysis/plan.js';
import type { RollbackPolicy } from './rollback-policy.js';

/** A person is asked before the rollout goes on to the next stage. */
export interface ApprovalPlan {
  /** How long to wait for an answer; `null` waits for ever. */
  readonly timeoutMs: number | null;
  /** What silence means: undo, or stay where it is and call a person. */
  readonly onTimeout: 'abort' | 'hold';
}

/** A traffic share held for a time. */
export interface StagePlan {
  /** The candidate's share, in (0, 100]. */
  readonly trafficPercent: number;
  /** How long the stage bakes; on the last stage this is the rollback window. */
  readonly durationMs: number;
  /** It may end before `durationMs`: as soon as every check that weighs evidence has proof of health. @default false */
  readonly advanceOnEvidence?: boolean;
  /** But not before so much of its time is over. @default 0 */
  readonly minDurationMs?: number;
  /**
   * While its verdict is unknown the stage may last so long in all; then `onUnknown.action` follows. At least
   * `durationMs`. @default durationMs + onUnknown.deadlineMs
   */
  readonly maxDurationMs?: number;
  /** Asked at the end of the stage, after its verdict. */
  readonly approval?: ApprovalPlan;
}

/** What to do about a stage whose verdict stays unknown until `deadlineMs` has passed. */
export interface UnknownPolicy {
  /** `hold` calls a person and goes on trying. */
  readonly action: 'hold' | 'abort' | 'continue';
  readonly deadlineMs: number;
}

/** Stages, and how they are judged: whatever it is that moves. */
export interface StagesPlan {
  /** Strictly rising; the last is 100. */
  readonly stages: readonly StagePlan[];
  /** The first stage waits until a person, or its kind, begins it. Absent: it begins at once. */
  readonly begin?: ApprovalPlan;
  readonly analysis: AnalysisPlan;
  /** When traffic goes back, beside the checks of `analysis`; may be changed while the rollout runs. */
  readonly rollbackPolicy?: RollbackPolicy;
  /** `false`: what fails holds and calls a person instead of rolling back. @default true */
  readonly autoRollback?: boolean;
  /** How often checks are applied. */
  readonly monitoringIntervalMs: number;
  /** `false`: every stage waits for a promotion. */
  readonly autoProgression: boolean;
  readonly onUnknown: UnknownPolicy;
  /** Someone else changed what moves: stay and call a person, or undo. */
  readonly onDrift: 'hold' | 'abort';
}
