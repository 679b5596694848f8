import type { AlarmCause } from './alarms.js';
import type { Outcome, Phase } from './phase.js';
import type { StopCause } from './stop.js';

/** One thing that happened to a rollout, for people. */
export interface StatusEvent {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly what: string;
  readonly by?: string;
}

/** What stopped a rollout. */
export interface StatusStop {
  readonly cause: StopCause;
  /** ISO 8601 UTC, when it was decided; `null` when only the server's record is left. */
  readonly at: string | null;
  /** ISO 8601 UTC, when its guard had undone it by itself. Absent: the rollout did. */
  readonly undoneAt?: string;
  /** The names of the checks that failed. Absent: none has, or nobody knows. */
  readonly checks?: readonly string[];
}

/** One thing that spoke against a rollout before anything was moved. */
export interface StatusProblem {
  /** What was looked at: `service`, `tier`, `router`, `weights`, `candidate`, `version`, `metrics`, `undo`, `freeze`. */
  readonly subject: string;
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Where a rollout of any kind stands. A kind adds what it alone has. */
export interface StatusBase {
  /** `<service>@<first run id>`. */
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** What is rolled out; `null` where nothing is named. */
  readonly version: string | null;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  /** Whether it has changed what users get, or begun to. `false` with `promoted`: nothing had to be changed. */
  readonly moved: boolean;
  /** `null` while nothing has stopped it. */
  readonly stop: StatusStop | null;
  readonly isComplete: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** When a pause ends by itself; `null` where it waits for a person, or there is none. */
  readonly resumesAt: string | null;
  /** One sentence: why it stands where it stands. */
  readonly reason: string;
  /** Set when a person must act: what for. */
  readonly needsHuman: string | null;
  /** What the alarms in `needsHuman` are about. Absent: there is none, or nobody knows. */
  readonly alarms?: readonly AlarmCause[];
  /** The verbs that it takes now. */
  readonly takes: readonly string[];
  /** What people should know, although it is in nobody's way. */
  readonly warnings: readonly string[];
  /** Why the preflight refused it, one by one. Absent: it has not. */
  readonly problems?: readonly StatusProblem[];
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
  /** What its kind wants people to see besides, a line each. Absent: nothing. */
  readonly shown?: readonly string[];
}

/** Whether it is only what the server knows, because no worker has told it. */
export function isUnanswered({ worker }: Pick<StatusBase, 'worker'>): boolean {
  return worker === 'none' || worker === 'busy';
}

/** It has ended, by itself or because its workflow was ended. */
export function isOver(status: Pick<StatusBase, 'isComplete' | 'endedAt'>): boolean {
  return status.isComplete || status.endedAt !== null;
}

/** Its workflow was ended past its own rules: nothing was undone. */
export function wasBrokenOff({ endedAt, outcome }: Pick<StatusBase, 'endedAt' | 'outcome'>): boolean {
  return endedAt !== null && outcome === null;
}

/** Whether what a person is needed for is why it stands where it stands: it need not be said twice. */
export function isNeededForReason(status: StatusBase): boolean {
  if (status.needsHuman === null) return false;
  if (isUnanswered(status) || wasBrokenOff(status)) return true;
  return status.alarms === undefined && (status.phase === 'held' || status.phase === 'awaitingApproval');
}
