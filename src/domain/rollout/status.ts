import type { Verdict } from '../analysis/verdict.js';
import type { AlarmCause } from './alarms.js';
import type { Verb } from './commands.js';
import type { Outcome, Phase } from './phase.js';
import type { CheckPicture } from './picture.js';
import type { Serves } from './serving/serves.js';
import type { StopCause } from './stop.js';
import type { PassingWarning } from './warnings.js';
import type { Roles, Weights } from './weights.js';

/** One thing that happened to a rollout, for people. */
export interface StatusEvent {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly what: string;
  readonly by?: string;
}

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
  readonly needsApproval: boolean;
}

/** What stopped a rollout. */
export interface StatusStop {
  readonly cause: StopCause;
  /** ISO 8601 UTC, when it was decided; `null` when only the server's record is left. */
  readonly at: string | null;
  /** ISO 8601 UTC, when the guard had put all traffic back by itself. Absent: the rollout did. */
  readonly undoneAt?: string;
}

/** One thing that spoke against a rollout before anything was moved. */
export interface StatusProblem {
  /** What was looked at: `service`, `tier`, `router`, `weights`, `candidate`, `version`, `metrics`, `undo`. */
  readonly subject: string;
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
}

/** What time alone decides while a person, or knowledge, is awaited. */
export interface StatusDeadline {
  readonly for: 'approval' | 'unknown';
  /** ISO 8601 UTC; `null` while the clock stands still. */
  readonly at: string | null;
  readonly then: 'abort' | 'hold' | 'continue';
}

/** Where a rollout stands: one shape for the query, the client, the CLI and the journal. */
export interface RolloutStatus {
  /** `<service>@<first run id>`. */
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly version: string | null;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  /** Whether it has set weights, or begun to. `false` with `promoted`: the version serves already. */
  readonly moved: boolean;
  /** It goes back to what served before: to which backend, where one was named, and whether at once. Absent: no undo. */
  readonly undo?: { readonly to: string | null; readonly now: boolean };
  /** `null` while nothing has stopped it. */
  readonly stop: StatusStop | null;
  /** 1-based; 0 before the first percent. */
  readonly currentStage: number;
  readonly stageCount: number;
  /** The candidate's desired share, 0–100. */
  readonly trafficPercentage: number;
  readonly roles: Roles | null;
  readonly desired: Weights | null;
  /** As the watch read them last. */
  readonly observed: Weights | null;
  readonly healthScore: number | null;
  readonly verdict: Verdict | null;
  readonly checks: readonly CheckPicture[];
  readonly stages: readonly StageStatus[];
  readonly isComplete: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly stageStartedAt: string | null;
  /** `null` while the clock stands still. */
  readonly stageEndsAt: string | null;
  readonly pausedRemainingMs: number | null;
  /** When a pause ends by itself; `null` where it waits for a person, or there is none. */
  readonly resumesAt: string | null;
  /** Set while an approval or an unknown verdict is awaited, and not for ever. */
  readonly deadline: StatusDeadline | null;
  /** One sentence: why it stands where it stands. */
  readonly reason: string;
  /** `false`: what fails holds and calls a person instead of rolling back. Absent where it is not known. */
  readonly autoRollback?: boolean;
  /** As it is set now, in words; absent when there is none. */
  readonly rollbackPolicy?: string;
  /** Set when a person must act: what for. */
  readonly needsHuman: string | null;
  /** What the alarms in `needsHuman` are about. Absent: there is none, or nobody knows. */
  readonly alarms?: readonly AlarmCause[];
  /** The verbs that it takes now. */
  readonly takes: readonly Verb[];
  readonly warnings: readonly string[];
  /** Those of the warnings that the watch may show to be over: for who puts status and picture together. Absent: none. */
  readonly passing?: readonly PassingWarning[];
  /** Why the preflight refused it, one by one. Absent: it has not. */
  readonly problems?: readonly StatusProblem[];
  /** What serves everybody since it ended. Absent: it has not ended, or nobody knows. */
  readonly serves?: Serves;
  readonly history: readonly StatusEvent[];
  readonly requestedBy: string | null;
  readonly requestId: string | null;
  /**
   * `busy`: a worker takes tasks, but did not answer in time; `none`: no worker answered. The status is then what the server
   * knows. `journal`: read from the record.
   */
  readonly worker: 'answering' | 'busy' | 'none' | 'journal';
  /** When the live part was seen, ISO 8601 UTC. */
  readonly asOf: string;
}

/** Whether it is only what the server knows, because no worker has told it. */
export function isUnanswered({ worker }: Pick<RolloutStatus, 'worker'>): boolean {
  return worker === 'none' || worker === 'busy';
}
